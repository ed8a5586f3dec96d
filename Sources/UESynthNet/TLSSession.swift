import COpenSSL
import Glibc
import UESynthCore

/// One TLS connection without a socket: records go in by `feed` and come out by `takeOutput`, plain bytes
/// by `read` and `write`. Loop thread only.
public final class TLSSession {
  enum Progress {
    /// Records of the peer are needed first.
    case needsInput
    case done
    /// The peer has said goodbye in good order.
    case ended
    case failed(NetError)
  }

  private let context: TLSContext
  private let ssl: OpaquePointer
  // The session owns them.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  /// The server, for messages.
  private let peer: String
  private let name: String
  private(set) var isOpen = false
  private var hasShutDown = false

  /// What the check of the server's certificate has found.
  private var flaw: CertificateFlaw?
  private var wasAskedForCertificate = false

  /// A client's, to be verified as `target` or as the context's server name.
  public static func client(_ context: TLSContext, target: Target) throws(NetError) -> TLSSession {
    let host: String
    switch target {
    case .host(let name, _): host = name
    case .numeric(let address, _): host = String(address.prefix { $0 != "%" })
    case .unix, .unixAbstract: host = "localhost"
    }
    let session = try TLSSession(
      context, peer: target.description, name: context.serverName ?? host)
    try session.expect()
    return session
  }

  public static func server(_ context: TLSContext) throws(NetError) -> TLSSession {
    try TLSSession(context, peer: "the client", name: "")
  }

  private init(_ context: TLSContext, peer: String, name: String) throws(NetError) {
    self.context = context
    self.peer = peer
    self.name = name
    let made = TLSGate.inside { () -> (OpaquePointer, OpaquePointer, OpaquePointer)? in
      guard let ssl = SSL_new(context.context) else { return nil }
      guard let incoming = BIO_new(BIO_s_mem()) else {
        SSL_free(ssl)
        return nil
      }
      guard let outgoing = BIO_new(BIO_s_mem()) else {
        BIO_free(incoming)
        SSL_free(ssl)
        return nil
      }
      SSL_set_bio(ssl, incoming, outgoing)
      if context.isServer { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
      return (ssl, incoming, outgoing)
    }
    guard let (ssl, incoming, outgoing) = made ?? nil else {
      throw NetError(.resourceExhausted, "out of memory for a TLS session")
    }
    self.ssl = ssl
    self.incoming = incoming
    self.outgoing = outgoing
    _ = TLSGate.inside { SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque()) }
  }

  deinit { _ = TLSGate.inside { SSL_free(ssl) } }

  /// Clients: whose certificate it has to be, and what the server is told of that (RFC 6066 §3: names
  /// only).
  private func expect() throws(NetError) {
    let isSet = TLSGate.inside { () -> Bool in
      if SocketAddress(numeric: name, port: 0) != nil {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1
      }
      SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      return SSL_set1_host(ssl, name) == 1 && uesynth_ssl_set_sni(ssl, name) == 1
    }
    if isSet != true {
      throw NetError(.invalidArgument, "\"\(name)\" is no name that a certificate can have")
    }
  }

  // MARK: Records

  /// Records from the socket. False without memory.
  func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 0 else { return true }
    let written = TLSGate.inside {
      BIO_write(incoming, bytes.baseAddress, Int32(clamping: bytes.count))
    }
    return Int(written ?? 0) == bytes.count
  }

  /// Whether `read` may give something without more records.
  var hasInput: Bool {
    TLSGate.inside { SSL_pending(ssl) > 0 || uesynth_bio_pending(incoming) > 0 } ?? false
  }

  var outputCount: Int { TLSGate.inside { Int(uesynth_bio_pending(outgoing)) } ?? 0 }

  /// Takes records for the socket; 0 if there are none.
  func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = TLSGate.inside {
      BIO_read(outgoing, buffer.baseAddress, Int32(clamping: buffer.count))
    }
    return max(0, Int(count ?? 0))
  }

  // MARK: Plain bytes

  func handshake() -> Progress {
    let progress = TLSGate.inside { () -> Progress in
      ERR_clear_error()
      let code = SSL_do_handshake(ssl)
      if code == 1 {
        if !speaksHTTP2 { return .failed(noProtocol) }
        isOpen = true
        return .done
      }
      return outcome(code)
    }
    return progress ?? .ended
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, count: inout Int) -> Progress {
    var size = 0
    let progress = TLSGate.inside { () -> Progress in
      ERR_clear_error()
      let code = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &size)
      return code == 1 ? .done : outcome(code)
    }
    count = size
    return progress ?? .ended
  }

  func write(_ bytes: UnsafeRawBufferPointer, count: inout Int) -> Progress {
    var size = 0
    let progress = TLSGate.inside { () -> Progress in
      ERR_clear_error()
      let code = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &size)
      return code == 1 ? .done : outcome(code)
    }
    count = size
    return progress ?? .ended
  }

  /// Says goodbye (close_notify); it is in the output afterwards.
  func shutDown() {
    guard isOpen, !hasShutDown else { return }
    hasShutDown = true
    _ = TLSGate.inside {
      ERR_clear_error()
      SSL_shutdown(ssl)
      ERR_clear_error()
    }
  }

  private func outcome(_ code: Int32) -> Progress {
    switch SSL_get_error(ssl, code) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
    case SSL_ERROR_ZERO_RETURN: return .ended
    default:
      // After an error the session must not be told to say goodbye.
      hasShutDown = true
      let reason = ERR_get_error()
      ERR_clear_error()
      return .failed(failure(reason))
    }
  }

  private var speaksHTTP2: Bool {
    var name: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &count)
    guard let name, count == 2 else { return false }
    return name[0] == 0x68 && name[1] == 0x32
  }

  // MARK: What went wrong

  private var noProtocol: NetError {
    NetError(
      .unavailable,
      "\(peer) speaks TLS, but did not agree on HTTP/2 in the handshake (ALPN \"h2\"): is this the port of "
        + "a gRPC server?")
  }

  private func failure(_ code: UInt) -> NetError {
    let reason = ERR_GET_REASON(code)
    if let flaw, !isOpen { return NetError(.unavailable, flaw.message(peer: peer, name: name)) }
    if isOpen, reason != Self.certificateRequired {
      return NetError(
        .unavailable, "the TLS connection to \(peer) broke: \(TLSError.words(code))\(hint(reason))")
    }
    if reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL { return noProtocol }
    return NetError(
      .unavailable, "the TLS handshake with \(peer) failed: \(TLSError.words(code))\(hint(reason))")
  }

  /// Alert 116 (RFC 8446 §6), as OpenSSL numbers what it receives.
  private static let certificateRequired: Int32 = 1116

  private func hint(_ reason: Int32) -> String {
    switch reason {
    // Alerts about certificates: 40 to 49 and 116, of which a client knows only that it was refused.
    case 1040...1049, Self.certificateRequired: certificateHint
    case 1070: ": it wants another version of TLS than 1.2 or 1.3"
    default: ""
    }
  }

  private var certificateHint: String {
    guard !context.isServer else { return "" }
    if context.hasCertificate { return ": does it accept this client's certificate?" }
    return wasAskedForCertificate
      ? ": it asked for a client certificate (tls.certificate_file and tls.key_file)" : ""
  }

  /// The connection is over before HTTP/2 began on it.
  func ending(isHandshake: Bool) -> NetError? {
    if context.isServer { return nil }
    if wasAskedForCertificate {
      return NetError(
        .unavailable,
        "\(peer) closed the connection after the TLS handshake\(certificateHint)")
    }
    guard isHandshake else { return nil }
    return NetError(
      .unavailable,
      "\(peer) closed the connection during the TLS handshake: does it speak TLS at this port?")
  }

  /// The peer has answered with something that is no TLS record.
  func notTLS(_ bytes: UnsafeRawBufferPointer) -> NetError {
    let line = bytes.prefix(60).prefix { $0 != 13 && $0 != 10 }
    let isText = line.count >= 4 && line.allSatisfy { (0x20...0x7E).contains($0) }
    let said = isText ? " (it said \"\(String(decoding: line, as: UTF8.self))\")" : ""
    return NetError(
      .unavailable,
      "\(peer) does not speak TLS\(said), which this client was told to use: switch it on in the server, "
        + "or leave options.tls NULL to talk to it for all to read")
  }

  // MARK: Callbacks of OpenSSL

  private static func session(of ssl: OpaquePointer?) -> TLSSession? {
    guard let ssl, let pointer = SSL_get_ex_data(ssl, 0) else { return nil }
    return Unmanaged<TLSSession>.fromOpaque(pointer).takeUnretainedValue()
  }

  static let onVerify: SSL_verify_cb = { isGood, store in
    guard isGood == 0, let store else { return isGood }
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    if let session = session(of: ssl.map { OpaquePointer($0) }), session.flaw == nil {
      session.flaw = CertificateFlaw(store)
    }
    return 0
  }

  /// The server asks for a certificate, and the context has none.
  static let onCertificateRequest:
    @convention(c) (
      OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 = { ssl, _, _ in
      session(of: ssl)?.wasAskedForCertificate = true
      return 0
    }
}
