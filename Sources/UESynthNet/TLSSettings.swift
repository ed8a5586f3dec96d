/// Certificates or a key in PEM.
package enum PEMSource: Sendable {
  case file(String)
  case text([UInt8])
}

/// What a client or a server brings to its TLS connections.
package struct TLSSettings: Sendable {
  /// Who is trusted to sign the peer's certificate. Clients: nil for the system's; servers: nil to ask
  /// for no certificate.
  package var authorities: PEMSource?
  /// The own certificate, followed by those between it and its CA.
  package var certificate: PEMSource?
  package var key: PEMSource?
  /// Clients: the name that the certificate must have, instead of the target's.
  package var serverName: String?

  package init() {}
}
