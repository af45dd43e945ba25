// Package avro decodes Avro: container files, and bare datums whose schema is
// given. It fills only the fields that are asked for, skips all others by
// their length, and stops after the last one.
//
// An alert's way through it: the writer's schema is looked up by its bytes
// (schemas), the decoder's plan for that schema is found or compiled (plans),
// and a cursor runs the plan's program over the datum.
//
// What a writer's type becomes:
//
//	boolean                 Bool
//	int, long               Int, all 64 bits
//	float, double           Float; NaN is Missing
//	string, enum            String (an enum's symbol); not checked to be UTF-8
//	bytes, fixed            Bytes
//	array, map              List, Map
//	record                  Record where a path ends at it
//	null                    Missing
//	union                   what its branch becomes
//
// Logical types stay the numbers or bytes they are written as (a
// timestamp-millis is an Int). Fields are found by their path alone: the names
// of types, their namespaces and aliases play no part. Defaults are not read,
// so that real schemas whose defaults are illegal work. Schemas that contain
// themselves are refused.
package avro
