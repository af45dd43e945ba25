// Command multiples is a plug-in filter for tests and benchmarks, whose
// verdicts anybody can tell: it passes alerts whose candid is a multiple of -of,
// with the quotient as annotation. It can be as slow as others are.
package main

import (
	"flag"
	"os"
	"strconv"
	"time"

	"github.com/skysift/skysift/filter/plugin"
)

// usual is what -of is where it is not said; another build may say otherwise:
// go build -ldflags "-X main.usual=5".
var usual = "2"

func main() {
	number, err := strconv.ParseInt(usual, 10, 64)
	if err != nil {
		number = 2
	}
	of := flag.Int64("of", number, "pass multiples of this")
	start := flag.Duration("start", 0, "time to come up, as one takes that loads a model")
	work := flag.Duration("work", 0, "time for each alert")
	broken := flag.Bool("broken", false, "end whenever an alert comes")
	lives := flag.Duration("lives", 0, "end so long after coming up; 0: when told to")
	flag.Parse()
	time.Sleep(*start)
	if *lives > 0 {
		time.AfterFunc(*lives, func() { os.Exit(1) })
	}
	plugin.Serve(plugin.Filter{
		Name:    "multiples",
		Version: "1.0.0",
		Fields:  []string{"candid", "candidate.magpsf"},
		Judge: func(a *plugin.Alert) (plugin.Verdict, error) {
			if *broken {
				os.Exit(1)
			}
			if *work > 0 {
				time.Sleep(*work)
			}
			id := a.Int("candid")
			return plugin.PassIf(id%*of == 0).With("quotient", id / *of), nil
		},
	})
}
