package chaos

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Night is a simulated stream of small alerts: so many of them in each of its
// partitions, numbered from 0, each at the offset of its number. The same
// alert has the same bytes always.
type Night struct {
	Partitions   int
	PerPartition int
}

// Alerts is the number of alerts.
func (n Night) Alerts() int { return n.Partitions * n.PerPartition }

// Filters is the file of filters whose verdicts Verdict knows.
const Filters = `version: 1
stream:
  survey: ztf
filters:
  - name: bright
    class: bright
    where: candidate.magpsf < 17
  - name: brightest
    class: bright
    where: candidate.magpsf < 16
  - name: fiftieth
    class: round
    where: candid % 50 == 0
`

// Classes are the classes of Filters.
func Classes() []string { return []string{"bright", "round"} }

// Verdict returns the names of the filters of the class which the alert
// passes; none: it does not belong there.
func Verdict(partition, number int, class string) (filters []string) {
	switch m := centimag(partition, number); {
	case class == "round" && candid(partition, number)%50 == 0:
		return []string{"fiftieth"}
	case class == "bright" && m < 1600:
		return []string{"bright", "brightest"}
	case class == "bright" && m < 1700:
		return []string{"bright"}
	}
	return nil
}

// centimag is the alert's brightness in hundredths of a magnitude, between 15
// and 21: a third of all alerts are brighter than 17.
func centimag(partition, number int) int {
	return 1500 + int(scatter(candid(partition, number))%600)
}

func candid(partition, number int) int64 { return int64(partition)*1e9 + int64(number) }

// scatter is splitmix64's mixing function.
func scatter(n int64) uint64 {
	x := uint64(n) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// schema is a small part of ZTF's.
const schema = `{"type":"record","name":"alert","namespace":"ztf","fields":[
{"name":"schemavsn","type":"string"},
{"name":"objectId","type":"string"},
{"name":"candid","type":"long"},
{"name":"candidate","type":{"type":"record","name":"candidate","namespace":"ztf.alert","fields":[
{"name":"jd","type":"double"},{"name":"fid","type":"int"},{"name":"magpsf","type":"float"}]}},
{"name":"cutoutScience","type":{"type":"record","name":"cutout","namespace":"ztf.alert","fields":[
{"name":"fileName","type":"string"},{"name":"stampData","type":"bytes"}]}}]}`

// stampSize makes an alert about 2 KB.
const stampSize = 1300

// sync is the sixteen bytes which end each part of a container file.
const sync = "skysift's chaos."

// Key is the key of an alert's record.
func Key(partition, number int) []byte { return fmt.Appendf(nil, "%d", candid(partition, number)) }

// Value is an alert as an Avro container file.
func Value(partition, number int) []byte {
	var datum []byte
	datum = appendText(datum, "4.02")
	datum = appendText(datum, fmt.Sprintf("SIM%011d", candid(partition, number)))
	datum = binary.AppendVarint(datum, candid(partition, number))
	datum = binary.LittleEndian.AppendUint64(datum, math.Float64bits(2460000.5+float64(number)/86400))
	datum = binary.AppendVarint(datum, int64(1+number%2))
	datum = binary.LittleEndian.AppendUint32(datum, math.Float32bits(float32(centimag(partition, number))/100))
	datum = appendText(datum, "stamp.fits.gz")
	datum = appendStamp(datum, partition, number)

	file := []byte("Obj\x01")
	file = binary.AppendVarint(file, 2)
	file = appendText(appendText(file, "avro.schema"), schema)
	file = appendText(appendText(file, "avro.codec"), "null")
	file = append(append(file, 0), sync...)
	file = binary.AppendVarint(file, 1)
	file = binary.AppendVarint(file, int64(len(datum)))
	return append(append(file, datum...), sync...)
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendVarint(b, int64(len(text))), text...)
}

// appendStamp appends bytes that differ from alert to alert, so that a mix-up of
// two shows.
func appendStamp(b []byte, partition, number int) []byte {
	b = binary.AppendVarint(b, stampSize)
	state := candid(partition, number)
	for i := 0; i < stampSize; i += 4 {
		state = int64(scatter(state))
		b = binary.LittleEndian.AppendUint32(b, uint32(state))
	}
	return b
}
