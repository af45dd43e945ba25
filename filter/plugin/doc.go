// Package plugin is for authors of plug-in filters: programs that Skysift
// starts and asks about alerts, for what the language of filters.yaml cannot
// say.
//
// A filter is one value of type Filter, with a name, the fields it needs and a
// function that judges an alert; Serve makes a program of it:
//
//	func main() {
//		plugin.Serve(plugin.Filter{
//			Name:   "bright",
//			Fields: []string{"candidate.magpsf"},
//			Judge: func(a *plugin.Alert) (plugin.Verdict, error) {
//				return plugin.PassIf(a.Float("candidate.magpsf") < 18), nil
//			},
//		})
//	}
//
// The program's stdout belongs to the protocol: what it has to say it writes
// to stderr, which Skysift puts into its log.
package plugin
