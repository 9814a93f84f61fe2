// Package tlsstore reads and writes the files in which Java programs keep keys and trusted certificates: PKCS12, JKS and
// PEM. It reads more (JCEKS, PKCS#7) and names what it cannot read.
//
// [Decode] turns a file into a [Store], [Encode] a Store into a file; [Store.Inspect] says what is inside, as JSON that is
// stable. Nothing here touches the disk or the network, and no error or printed value ever holds a password or a key.
package tlsstore
