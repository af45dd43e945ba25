package expression

func timeFunctions() []Function {
	return []Function{
		{Name: "jd_to_mjd", Group: "time", Params: number("jd"), Units: "days → days",
			Doc: "Modified Julian Date of a Julian Date, in the same time scale.", Source: "jd − 2400000.5",
			Example: "jd_to_mjd(2460000.5)", Gives: "60000",
			result: gives(floatKind), call: onFloat(func(jd float64) float64 { return jd - 2400000.5 })},
		{Name: "mjd_to_jd", Group: "time", Params: number("mjd"), Units: "days → days",
			Doc: "Julian Date of a Modified Julian Date, in the same time scale.", Source: "mjd + 2400000.5",
			Example: "mjd_to_jd(60000)", Gives: "2460000.5",
			result: gives(floatKind), call: onFloat(func(mjd float64) float64 { return mjd + 2400000.5 })},
	}
}
