"""Writes PKCS#12 stores in every way that pyca/cryptography offers, or says what it finds in stores.

pyca.py write DIR PEM ROOT N      the key and chain in PEM, and how many passwords to use; prints one JSON object: file -> password in hex
pyca.py read PATH PASSWORD ...    passwords in hex; prints one JSON object: path -> [key, names, certificates]
"""
import json
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

PASSWORDS = ["changeit", "p\u00e4ss", "\u043f\u0430\u0440\u043e\u043b\u044c"]


def write(directory, pem, root, count):
    with open(pem, "rb") as f:
        blocks = f.read()
    with open(root, "rb") as f:
        root = x509.load_pem_x509_certificate(f.read())
    key = serialization.load_pem_private_key(blocks, None)
    leaf, *chain = x509.load_pem_x509_certificates(blocks)
    passwords = {}

    def save(file, password, data):
        with open(os.path.join(directory, file), "wb") as f:
            f.write(data)
        passwords[file] = password.encode().hex()

    def entry(file, password, encryption, name=b"Kafka1", cas=chain):
        save(file, password, pkcs12.serialize_key_and_certificates(name, key, leaf, cas, encryption))

    def builder():
        return serialization.PrivateFormat.PKCS12.encryption_builder()

    best = serialization.BestAvailableEncryption
    for n, password in enumerate(PASSWORDS[:int(count)]):
        secret = password.encode()
        entry(f"best {n}", password, best(secret))
        entry(f"rounds {n}", password, builder().kdf_rounds(50_000).build(secret))
        for algorithm in pkcs12.PBES:
            for mac in [hashes.SHA1(), hashes.SHA224(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]:
                protection = builder().kdf_rounds(2000).key_cert_algorithm(algorithm).hmac_hash(mac).build(secret)
                entry(f"{algorithm.name} {mac.name} {n}", password, protection)
    entry("plain", "", serialization.NoEncryption())
    entry("alone", "changeit", best(b"changeit"), cas=None)
    entry("unnamed", "changeit", best(b"changeit"), name=None)
    entry("named authorities", "changeit", best(b"changeit"), cas=[pkcs12.PKCS12Certificate(c, b"inter") for c in chain])
    save("authorities only", "changeit", pkcs12.serialize_key_and_certificates(None, None, None, [*chain, root], best(b"changeit")))
    trusted = [pkcs12.PKCS12Certificate(chain[0], b"Inter"), pkcs12.PKCS12Certificate(root, None)]
    save("java", "changeit", pkcs12.serialize_java_truststore(trusted, best(b"changeit")))
    save("java plain", "", pkcs12.serialize_java_truststore(trusted, serialization.NoEncryption()))
    return passwords


def read(paths, passwords):
    found = {}
    for path, password in zip(paths, passwords):
        with open(path, "rb") as f:
            store = pkcs12.load_pkcs12(f.read(), bytes.fromhex(password) if password != "-" else None)
        certificates = ([store.cert] if store.cert else []) + store.additional_certs
        key = store.key and store.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo).hex()
        found[path] = {
            "key": key or "",
            "names": [(c.friendly_name or b"").decode() for c in certificates],
            "certificates": [c.certificate.fingerprint(hashes.SHA256()).hex() for c in certificates],
        }
    return found


if sys.argv[1] == "write":
    print(json.dumps(write(*sys.argv[2:])))
else:
    print(json.dumps(read(sys.argv[2::2], sys.argv[3::2])))
