//go:build docs && unix

package docscheck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// TestDocuments runs all documents with bin/skysift, which make docs-check
// builds first. Each document has a folder and a broker of its own.
func TestDocuments(t *testing.T) {
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "skysift")); err != nil {
		t.Fatalf("make docs-check builds what this test runs: %v", err)
	}
	for _, document := range documents(t) {
		name := strings.TrimSuffix(document.Path, ".md")
		t.Run(name, func(t *testing.T) {
			checker := &Checker{
				Root:     root,
				Path:     filepath.Join(root, "bin") + ":" + os.Getenv("PATH"),
				Broker:   broker(t),
				Log:      t.Logf,
				Patience: 30 * time.Second,
			}
			for _, problem := range checker.Check(document, t.TempDir()) {
				t.Error(problem)
			}
		})
	}
}

// broker starts a broker in this process that lives as long as the test.
func broker(t *testing.T) string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}
