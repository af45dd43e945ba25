//go:build interop

package python

import "testing"

func TestPythonSDK(t *testing.T) { python(t, "-m", "unittest") }
