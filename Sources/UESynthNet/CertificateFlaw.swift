import COpenSSL

/// Why a server's certificate was not accepted.
struct CertificateFlaw {
  private let code: Int32
  private let depth: Int32
  private let names: String
  private let subject: String
  private let issuer: String
  private let begin: String
  private let end: String

  /// From the check that has just failed.
  init(_ store: OpaquePointer) {
    code = X509_STORE_CTX_get_error(store)
    depth = X509_STORE_CTX_get_error_depth(store)
    // What concerns names concerns the server's own, whatever the chain is at.
    let leaf = X509_STORE_CTX_get0_cert(store)
    let current = X509_STORE_CTX_get_current_cert(store) ?? leaf
    names = Self.text { if let leaf { uesynth_x509_names(leaf, $0, $1) } }
    subject = Self.text { if let current { uesynth_x509_party(current, 1, $0, $1) } }
    issuer = Self.text { if let current { uesynth_x509_party(current, 0, $0, $1) } }
    begin = Self.text { if let current { uesynth_x509_time(current, 0, $0, $1) } }
    end = Self.text { if let current { uesynth_x509_time(current, 1, $0, $1) } }
  }

  private static func text(_ write: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { memory in
      guard let base = memory.baseAddress else { return "" }
      base[0] = 0
      write(base, memory.count)
      return String(
        decoding: memory.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  func message(peer: String, name: String) -> String {
    let reason = String(cString: X509_verify_cert_error_string(Int(code)))
    let whose =
      depth == 0
      ? "the certificate of \(peer)" : "a certificate above that of \(peer) (\(subject))"
    switch code {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      let found = names.isEmpty ? "no host at all" : names
      return
        "the certificate of \(peer) is for \(found), not for \(name) (\(reason)): connect by a name that "
        + "it has, or set tls.server_name to one"
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "\(whose) was valid until \(end) (\(reason)): renew it on the server"
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "\(whose) is not valid before \(begin) (\(reason)): is this machine's clock right?"
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return
        "the certificate of \(peer) is signed by itself (\(reason)): if it is to be trusted, give it as "
        + "tls.ca_file"
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return
        "the certificate of \(peer) is from a CA that is not trusted here, \(issuer) (\(reason)): if it is "
        + "to be trusted, give the CA's certificate as tls.ca_file"
    default:
      return "\(whose) cannot be trusted: \(reason)"
    }
  }
}
