package expression

import (
	"math"

	"github.com/skysift/skysift/filter"
)

func mathsFunctions() []Function {
	of := func(name, doc, source, example, result string, f func(float64) float64) Function {
		return Function{Name: name, Group: "maths", Params: number("x"), Doc: doc, Source: source, Example: example, Gives: result,
			result: gives(floatKind), float: f}
	}
	return []Function{
		of("log10", "Logarithm to base 10. Missing below 0, −∞ at 0.", "", "log10(1000)", "3", math.Log10),
		of("ln", "Natural logarithm. Missing below 0, −∞ at 0.", "", "ln(1)", "0", math.Log),
		of("exp", "e to the power of x.", "", "exp(0)", "1", math.Exp),
		of("sqrt", "Square root. Missing below 0.", "", "sqrt(2.25)", "1.5", math.Sqrt),
		of("erf", "Error function.", "2/√π ∫ exp(−t²) dt from 0 to x", "round(erf(1), 6)", "0.842701", math.Erf),
		{Name: "pow", Group: "maths", Params: number("x", "y"), Doc: "x to the power of y, also written x ** y. Always a float.",
			Example: "pow(2, 10)", Gives: "1024", result: gives(floatKind),
			call: func(_ *machine, a []filter.Value) filter.Value { return power(a[0], a[1]) }},
		{Name: "abs", Group: "maths", Params: number("x"), Doc: "Magnitude of x; an integer stays one.",
			Example: "abs(-3)", Gives: "3", result: sameNumber, call: absolute},
		{Name: "round", Group: "maths", Params: number("x", "digits"), Optional: 1,
			Doc:     "x rounded to a number of decimals, 0 unless told; halves go away from zero. An integer stays one.",
			Example: "round(17.256, 2)", Gives: "17.26", result: sameNumber, call: round},
		{Name: "floor", Group: "maths", Params: number("x"), Doc: "Greatest whole number not above x; an integer stays one.",
			Example: "floor(-1.5)", Gives: "-2", result: sameNumber, call: keepInts(math.Floor)},
		{Name: "ceil", Group: "maths", Params: number("x"), Doc: "Least whole number not below x; an integer stays one.",
			Example: "ceil(1.2)", Gives: "2", result: sameNumber, call: keepInts(math.Ceil)},
		{Name: "int", Group: "maths", Params: []Param{{"x", wantAny}},
			Doc:     "Integer of a number without its fraction, or of text that holds one. Missing where 64 bits do not hold it, or the text is no number.",
			Example: `int("42") + int(2.9)`, Gives: "44", result: gives(intKind), call: toInt},
		{Name: "float", Group: "maths", Params: []Param{{"x", wantAny}},
			Doc:     "Float of a number, or of text that holds one. Missing where the text is no number.",
			Example: `float("1.5e3")`, Gives: "1500", result: gives(floatKind), call: toFloat},
	}
}

func trigonometryFunctions() []Function {
	of := func(name, doc, units, example, result string, f func(float64) float64) Function {
		return Function{Name: name, Group: "trigonometry (radians)", Params: number("x"), Units: units, Doc: doc, Example: example, Gives: result,
			result: gives(floatKind), float: f}
	}
	return []Function{
		of("sin", "Sine. For an angle in degrees write sin(radians(x)).", "radians →", "round(sin(radians(30)), 9)", "0.5", math.Sin),
		of("cos", "Cosine.", "radians →", "cos(0)", "1", math.Cos),
		of("tan", "Tangent.", "radians →", "round(tan(radians(45)), 9)", "1", math.Tan),
		of("asin", "Arc sine. Missing outside −1 to 1.", "→ radians", "round(degrees(asin(0.5)), 9)", "30", math.Asin),
		of("acos", "Arc cosine. Missing outside −1 to 1.", "→ radians", "acos(1)", "0", math.Acos),
		of("atan", "Arc tangent.", "→ radians", "round(degrees(atan(1)), 9)", "45", math.Atan),
		{Name: "atan2", Group: "trigonometry (radians)", Params: number("y", "x"), Units: "→ radians",
			Doc: "Angle of the point (x, y), −π to π.", Example: "round(degrees(atan2(1, -1)), 9)", Gives: "135",
			result: gives(floatKind), call: onTwo(math.Atan2)},
		of("radians", "Radians of an angle in degrees.", "degrees → radians", "round(radians(180), 6)", "3.141593", radians),
		of("degrees", "Degrees of an angle in radians.", "radians → degrees", "round(degrees(3.141592653589793), 6)", "180", degrees),
	}
}

func radians(x float64) float64 { return x * math.Pi / 180 }
func degrees(x float64) float64 { return x * 180 / math.Pi }

func sameNumber(args []*node) typ { return numeric(args[0].typ) }

func absolute(_ *machine, a []filter.Value) filter.Value {
	if a[0].Kind() == filter.Int && a[0].Int() >= 0 {
		return a[0]
	}
	if a[0].Kind() == filter.Int {
		return negate(a[0])
	}
	return filter.FloatOf(math.Abs(a[0].Float()))
}

func keepInts(f func(float64) float64) func(*machine, []filter.Value) filter.Value {
	return func(_ *machine, a []filter.Value) filter.Value {
		if a[0].Kind() == filter.Int {
			return a[0]
		}
		return filter.FloatOf(f(a[0].Float()))
	}
}

func round(_ *machine, a []filter.Value) filter.Value {
	if a[0].Kind() == filter.Int {
		return a[0]
	}
	x := a[0].Float()
	if len(a) == 1 {
		return filter.FloatOf(math.Round(x))
	}
	scale := math.Pow(10, math.Trunc(a[1].Float()))
	if scaled := x * scale; !math.IsInf(scaled, 0) && scale != 0 {
		return filter.FloatOf(math.Round(scaled) / scale)
	}
	return a[0]
}

func toInt(_ *machine, a []filter.Value) filter.Value {
	v := a[0]
	if v.Kind() == filter.String {
		v = parseNumber(v.Text())
	}
	if v.Kind() == filter.Int {
		return v
	}
	return truncate(v.Float())
}

func toFloat(_ *machine, a []filter.Value) filter.Value {
	v := a[0]
	if v.Kind() == filter.String {
		v = parseNumber(v.Text())
	}
	return filter.FloatOf(v.Float())
}
