"""A CA and certificates of it, good and bad ones, as files."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = datetime.timedelta(days=1)
PEM = serialization.Encoding.PEM


class Certificate:
    """certificate.file and .key_file; .text is the PEM."""

    def __init__(self, folder, stem, subject, issuer=None, *, names=(), addresses=(), days=(-1, 30),
                 authority=False, client=False):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(issuer.name if issuer else self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
        )
        alternatives = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), False)
        signer = issuer.key if issuer else self.key
        self.certificate = builder.sign(signer, hashes.SHA256())
        self.text = self.certificate.public_bytes(PEM)
        self.key_text = self.key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.file, self.key_file = folder / f"{stem}.pem", folder / f"{stem}.key"
        self.file.write_bytes(self.text)
        self.key_file.write_bytes(self.key_text)

    def lock(self, password):
        """The key, encrypted."""
        path = self.key_file.with_suffix(".locked")
        encryption = serialization.BestAvailableEncryption(password)
        path.write_bytes(
            self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        return path


LOCAL = {"names": ["localhost"], "addresses": ["127.0.0.1", "::1"]}


class Authority:
    """Everything that the tests need of certificates, in a folder."""

    def __init__(self, folder):
        def make(stem, subject, issuer=None, **how):
            made = Certificate(folder, stem, subject, issuer, **how)
            setattr(self, stem, made)
            return made

        ca = make("ca", "UESynth Test CA", authority=True)
        make("other_ca", "Another CA", authority=True)
        make("good", "server", ca, **LOCAL)
        make("expired", "server", ca, **LOCAL, days=(-30, -2))
        make("early", "server", ca, **LOCAL, days=(5, 30))
        make("elsewhere", "server", ca, names=["render.example", "*.farm.example"],
             addresses=["192.0.2.7"])
        make("nameless", "localhost", ca)
        make("self_signed", "localhost", **LOCAL)
        make("foreign", "server", self.other_ca, **LOCAL)
        between = make("between", "An intermediate", ca, authority=True)
        chained = make("chained", "server", between, **LOCAL)
        chained.file.write_bytes(chained.text + between.text)
        make("client", "a client", ca)
        make("foreign_client", "a client", self.other_ca)
        make("expired_client", "a client", ca, days=(-30, -2))
