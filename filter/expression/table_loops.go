package expression

func loopFunctions() []Function {
	of := func(name string, body want, doc, example, result string) Function {
		inner := "condition"
		if body == wantBody {
			inner = "expression"
		}
		return Function{Name: name, Group: "conditions and expressions on each item", Params: []Param{{"list", wantList}, {inner, body}},
			Doc: doc, Example: example, Gives: result, loop: true}
	}
	optional := func(f Function) Function {
		f.Optional = 1
		return f
	}
	sortBy := of("sortBy", wantBody, `The items in rising order of the expression, or falling with "desc"; equal ones keep their order, those where it is missing come last.`, "sortBy([3, 1, 2], #)", "[1,2,3]")
	sortBy.Params = append(sortBy.Params, Param{"order", wantText})
	return []Function{
		of("any", wantCondition, "Whether some item meets the condition; false for an empty list.", "any([3, 1, 2], # > 2)", "true"),
		of("all", wantCondition, "Whether every item meets the condition; true for an empty list.", "all([3, 1, 2], # > 2)", "false"),
		of("none", wantCondition, "Whether no item meets the condition; true for an empty list.", "none([3, 1, 2], # > 5)", "true"),
		of("one", wantCondition, "Whether exactly one item meets the condition.", "one([3, 1, 2], # > 2)", "true"),
		optional(of("count", wantCondition, "How many items meet the condition, or are true.", "count(prv_candidates, .magpsf != nil)", "2")),
		of("filter", wantCondition, "The items that meet the condition.", "filter([3, 1, 2], # > 1)", "[3,2]"),
		of("map", wantBody, "What the expression gives for each item; #index is the item's position.", "map(prv_candidates, .jd - candidate.jd)", "[-3,-2,-1]"),
		optional(of("sum", wantBody, "Sum of what the expression gives, or of the items; missing ones are skipped, the sum of none is 0.", "sum([3, 1, 2])", "6")),
		of("find", wantCondition, "The first item that meets the condition; missing where none does.", "find([3, 1, 2], # < 3)", "1"),
		of("findLast", wantCondition, "The last item that meets the condition; missing where none does.", "findLast([3, 1, 2], # < 3)", "2"),
		of("findIndex", wantCondition, "Position of the first item that meets the condition, from 0; missing where none does.", "findIndex([3, 1, 2], # < 3)", "1"),
		of("findLastIndex", wantCondition, "Position of the last item that meets the condition, from 0; missing where none does.", "findLastIndex([3, 1, 2], # < 3)", "2"),
		optional(sortBy),
		of("minBy", wantBody, "The item with the least value of the expression; those where it is missing take no part, of equal ones the last counts.", "minBy(prv_candidates, .magpsf).jd", "2459998.5"),
		of("maxBy", wantBody, "The item with the greatest value of the expression; those where it is missing take no part, of equal ones the last counts.", "maxBy(prv_candidates, .magpsf).jd", "2459999.5"),
	}
}
