import COpenSSL
import Glibc
import UESynthCore

/// Everything that the TLS connections of one client or server have in common. Immutable. Thread: any.
///
/// TLS 1.2 and later, HTTP/2 by ALPN, no renegotiation, no resumption.
public final class TLSContext: @unchecked Sendable {
  private static let h2: [UInt8] = [2, 0x68, 0x32]
  /// Where systems other than the one that OpenSSL was built for keep their CAs.
  private static let systemFiles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]

  let context: OpaquePointer
  let isServer: Bool
  public let serverName: String?
  let hasCertificate: Bool

  public convenience init(client settings: TLSSettings) throws(NetError) {
    try self.init(settings, isServer: false)
  }

  public convenience init(server settings: TLSSettings) throws(NetError) {
    try self.init(settings, isServer: true)
  }

  private init(_ settings: TLSSettings, isServer: Bool) throws(NetError) {
    self.isServer = isServer
    serverName = settings.serverName
    hasCertificate = settings.certificate != nil
    let made = try TLSGate.inside { () throws(NetError) -> OpaquePointer in
      let context = try Self.make(isServer: isServer)
      do throws(NetError) {
        try Self.configure(context, settings, isServer: isServer)
        return context
      } catch {
        SSL_CTX_free(context)
        throw error
      }
    }
    guard let made else { throw NetError(.closed, "the process is ending") }
    context = made
  }

  deinit { _ = TLSGate.inside { SSL_CTX_free(context) } }

  private static func make(isServer: Bool) throws(NetError) -> OpaquePointer {
    ERR_clear_error()
    guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
      throw NetError(.internal, "OpenSSL cannot be used: \(TLSError.text)")
    }
    return context
  }

  private static func configure(
    _ context: OpaquePointer, _ settings: TLSSettings, isServer: Bool
  ) throws(NetError) {
    uesynth_ssl_set_modes(context)
    // Without this OpenSSL would ask for the password of a key on the terminal.
    SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in 0 }
    guard uesynth_ssl_least_tls12(context) == 1 else {
      throw NetError(.internal, "OpenSSL here has no TLS 1.2: \(TLSError.text)")
    }
    if isServer {
      SSL_CTX_set_num_tickets(context, 0)
      SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
    } else {
      SSL_CTX_set_alpn_protos(context, h2, UInt32(h2.count))
    }
    try trust(context, settings.authorities, isServer: isServer)
    try present(context, settings)
  }

  // MARK: Whom to trust

  private static func trust(
    _ context: OpaquePointer, _ authorities: PEMSource?, isServer: Bool
  ) throws(NetError) {
    if let authorities {
      let store = SSL_CTX_get_cert_store(context)
      let name = isServer ? "the clients' CA" : "tls.ca"
      let certificates = try readCertificates(authorities, name)
      defer { for certificate in certificates { X509_free(certificate) } }
      for certificate in certificates where X509_STORE_add_cert(store, certificate) != 1 {
        throw NetError(.invalidArgument, "\(name) cannot be used: \(TLSError.text)")
      }
    } else if !isServer {
      SSL_CTX_set_default_verify_paths(context)
      let hasOwn = [X509_get_default_cert_file(), X509_get_default_cert_dir()]
        .contains { $0.map { access($0, R_OK) == 0 } ?? false }
      if !hasOwn, let file = systemFiles.first(where: { access($0, R_OK) == 0 }) {
        SSL_CTX_load_verify_file(context, file)
      }
    }
    if isServer, authorities != nil {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    } else if !isServer {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, TLSSession.onVerify)
      SSL_CTX_set_client_cert_cb(context, TLSSession.onCertificateRequest)
    }
    ERR_clear_error()
  }

  // MARK: What to show

  private static func present(
    _ context: OpaquePointer, _ settings: TLSSettings
  ) throws(NetError) {
    guard settings.certificate != nil || settings.key != nil else { return }
    guard let certificate = settings.certificate, let key = settings.key else {
      throw NetError(
        .invalidArgument,
        settings.key == nil
          ? "tls has a certificate without its private key (tls.key_file, tls.key_pem)"
          : "tls has a private key without its certificate (tls.certificate_file, tls.certificate_pem)"
      )
    }
    let chain = try readCertificates(certificate, "tls.certificate")
    var kept = 0
    defer { for certificate in chain[kept...] { X509_free(certificate) } }
    guard let own = chain.first, SSL_CTX_use_certificate(context, own) == 1 else {
      throw NetError(.invalidArgument, "tls.certificate cannot be used: \(TLSError.text)")
    }
    // The context has counted itself in.
    X509_free(own)
    kept = 1
    for intermediate in chain.dropFirst() {
      guard uesynth_ssl_add_chain(context, intermediate) == 1 else {
        throw NetError(.invalidArgument, "tls.certificate cannot be used: \(TLSError.text)")
      }
      kept += 1
    }
    let privateKey = try readKey(key)
    defer { EVP_PKEY_free(privateKey) }
    guard SSL_CTX_use_PrivateKey(context, privateKey) == 1,
      SSL_CTX_check_private_key(context) == 1
    else {
      throw NetError(
        .invalidArgument, "tls.key is not the key of tls.certificate: \(TLSError.text)")
    }
  }

  // MARK: PEM

  private static func readCertificates(
    _ source: PEMSource, _ name: String
  ) throws(NetError) -> [OpaquePointer] {
    try withBIO(source, name) { bio throws(NetError) in
      var certificates: [OpaquePointer] = []
      while let certificate = PEM_read_bio_X509(bio, nil, { _, _, _, _ in 0 }, nil) {
        certificates.append(certificate)
      }
      let isAtEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
      if !certificates.isEmpty, isAtEnd { return certificates }
      for certificate in certificates { X509_free(certificate) }
      throw NetError(
        .invalidArgument,
        isAtEnd
          ? "\(name) holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")"
          : "\(name) cannot be read: \(TLSError.text)")
    }
  }

  private static func readKey(_ source: PEMSource) throws(NetError) -> OpaquePointer {
    try withBIO(source, "tls.key") { bio throws(NetError) in
      guard let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in 0 }, nil) else {
        throw NetError(
          .invalidArgument,
          "tls.key cannot be read: \(TLSError.text) (a key that is encrypted must be decrypted before)"
        )
      }
      return key
    }
  }

  private static func withBIO<Value>(
    _ source: PEMSource, _ name: String, _ body: (OpaquePointer) throws(NetError) -> Value
  ) throws(NetError) -> Value {
    ERR_clear_error()
    var bytes: [UInt8] = []
    let bio: OpaquePointer?
    switch source {
    case .file(let path):
      bio = BIO_new_file(path, "rb")
      if bio == nil {
        let reason = NetError.text(errno: errno)
        ERR_clear_error()
        throw NetError(.invalidArgument, "\(name) cannot be read from \(path): \(reason)")
      }
    case .text(let text):
      bytes = text
      bio = BIO_new(BIO_s_mem())
      BIO_write(bio, bytes, Int32(clamping: bytes.count))
    }
    guard let bio else { throw NetError(.resourceExhausted, "out of memory for \(name)") }
    defer { BIO_free(bio) }
    return try body(bio)
  }

  /// Servers: HTTP/2 or nothing (RFC 7301 §3.2).
  private static let selectProtocol: SSL_CTX_alpn_select_cb_func = {
    _, chosen, chosenCount, offered, offeredCount, _ in
    guard let offered, let chosen, let chosenCount else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    var at = 0
    let count = Int(offeredCount)
    while at < count {
      let length = Int(offered[at])
      if length == 2, at &+ 2 < count, offered[at &+ 1] == 0x68, offered[at &+ 2] == 0x32 {
        chosen.pointee = offered + at + 1
        chosenCount.pointee = 2
        return SSL_TLSEXT_ERR_OK
      }
      at = at &+ 1 &+ length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
  }
}
