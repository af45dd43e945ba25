// Package archive reads alerts from files and writes them to files, so that a
// night can be judged without a broker: a Source over files of alerts, folders and
// tar archives, and the sinks Folder (a file for each alert), Night (an archive for
// each class) and Lines (what was judged).
package archive
