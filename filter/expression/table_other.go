package expression

import "github.com/skysift/skysift/filter"

func otherFunctions() []Function {
	return []Function{
		{Name: "nullif", Group: "missing values and scores", Params: params(wantAny, []string{"x", "sentinel"}),
			Doc:     "x, or missing where x is the sentinel that a survey writes for missing.",
			Example: "nullif(-999, -999.0) ?? 1", Gives: "1", absent: true,
			result: func(args []*node) typ { return args[0].typ },
			call: func(_ *machine, a []filter.Value) filter.Value {
				if equal(a[0], a[1]) {
					return filter.Value{}
				}
				return a[0]
			}},
		{Name: "argmax", Group: "missing values and scores", Params: params(wantMap, []string{"scores"}),
			Doc:     "The key with the greatest number in a map of scores, of equal ones the first; missing where it holds no number.",
			Example: "argmax(scores)", Gives: `"SN"`, result: gives(stringKind), call: argmax, price: 50},
	}
}

func argmax(m *machine, a []filter.Value) filter.Value {
	var key, best filter.Value
	m.charge(len(a[0].Map()))
	for _, entry := range a[0].Map() {
		if sign, ok := order(entry.Value, best); entry.Value.IsNumber() && (best.IsMissing() || ok && sign > 0) {
			key, best = filter.StringOf(entry.Key), entry.Value
		}
	}
	return key
}
