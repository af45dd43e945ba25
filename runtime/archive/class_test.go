package archive_test

import "github.com/skysift/skysift/filter"

func classOf(name string) filter.Class { return filter.Class(name) }
