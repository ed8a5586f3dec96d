/// Certificates or a key in PEM.
public enum PEMSource: Sendable {
  case file(String)
  case text([UInt8])
}

/// What a client or a server brings to its TLS connections.
public struct TLSSettings: Sendable {
  /// Who is trusted to sign the peer's certificate. Clients: nil for the system's; servers: nil to ask
  /// for no certificate.
  public var authorities: PEMSource?
  /// The own certificate, followed by those between it and its CA.
  public var certificate: PEMSource?
  public var key: PEMSource?
  /// Clients: the name that the certificate must have, instead of the target's.
  public var serverName: String?

  public init() {}
}
