package expression

import "math"

// mjdZero is the Julian date at which modified Julian dates begin.
const mjdZero = 2400000.5

func timeFunctions() []Function {
	return []Function{
		{Name: "jd_to_mjd", Group: "time", Params: number("jd"), Units: "days → days",
			Doc: "Modified Julian Date of a Julian Date, in the same time scale.", Source: "jd − 2400000.5",
			Example: "jd_to_mjd(2460000.5)", Gives: "60000",
			result: gives(floatKind), float: func(jd float64) float64 { return jd - mjdZero }},
		{Name: "mjd_to_jd", Group: "time", Params: number("mjd"), Units: "days → days",
			Doc: "Julian Date of a Modified Julian Date, in the same time scale.", Source: "mjd + 2400000.5",
			Example: "mjd_to_jd(60000)", Gives: "2460000.5",
			result: gives(floatKind), float: func(mjd float64) float64 { return mjd + mjdZero }},
		{Name: "tai_to_utc", Group: "time", Params: number("jd"), Units: "TAI days → UTC days",
			Doc:    "Julian Date in UTC of one in International Atomic Time, such as tai_to_utc(mjd_to_jd(diaSource.midpointMjdTai)). Missing before 1972.",
			Source: "IERS Bulletin C: the leap seconds up to that of 2017, the last so far", Example: "round(86400 * (2460000.5 - tai_to_utc(2460000.5)))", Gives: "37",
			result: gives(floatKind), float: taiToUTC},
	}
}

// leapDays are the days, as modified Julian dates in UTC, from whose start on
// TAI is a second further ahead of UTC: the first by firstLead seconds.
var leapDays = [...]float64{
	41317, 41499, 41683, 42048, 42413, 42778, 43144, 43509, 43874, 44239, // 1972 … 1980
	44786, 45151, 45516, 46247, 47161, 47892, 48257, 48804, 49169, 49534, // 1981 … 1994
	50083, 50630, 51179, 53736, 54832, 56109, 57204, 57754, // 1996 … 2017
}

const firstLead, secondsADay = 10, 86400

// taiToUTC is quick for the times after the last leap second.
func taiToUTC(jd float64) float64 {
	for i := len(leapDays) - 1; i >= 0; i-- {
		lead := float64(firstLead+i) / secondsADay
		if jd-lead >= mjdZero+leapDays[i] {
			return jd - lead
		}
	}
	return math.NaN()
}
