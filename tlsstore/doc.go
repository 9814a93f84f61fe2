// Package tlsstore reads and writes the files in which Java programs keep keys and trusted certificates: PKCS12, JKS and
// PEM. It reads more (JCEKS, PKCS#7) and names what it cannot read.
//
// From PEM to a key store:
//
//	files, err := tlsstore.ReadPEM(os.DirFS("/"), "etc/letsencrypt/live/NAME", tlsstore.PEMOptions{})
//	pair, err := tlsstore.KeyEntry(files, tlsstore.KeyOptions{})
//	store := &tlsstore.Store{Format: tlsstore.PKCS12, Entries: []tlsstore.Entry{pair.Entry}}
//	data, err := tlsstore.Encode(store, tlsstore.NewPassword(secret), tlsstore.EncodeOptions{})
//
// [TrustEntries] makes the entries of a trust store in the same way. [Check] says what is wrong with the certificates of a
// store, [CheckFile] with its file, [Diff] how two stores differ; [Store.Add], [Store.Put], [Store.Remove] and
// [Store.Merge] change one.
//
// [Decode] turns a file into a [Store], [Encode] a Store into a file; [Store.Inspect] says what is inside, as JSON that is
// stable. Nothing here touches the disk or the network, and no error or printed value ever holds a password or a key.
package tlsstore
