// Package archive reads alerts from files and writes them to files, so that a
// night can be judged without a broker: a Source over .avro files, folders and
// tar archives, and two sinks, Folder and Lines.
package archive
