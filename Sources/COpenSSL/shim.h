/* OpenSSL, with functions for those of its macros that Swift cannot import. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static inline int uesynth_ssl_least_tls12(SSL_CTX *context) {
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline void uesynth_ssl_set_modes(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline int uesynth_ssl_set_sni(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

/* Takes the certificate over if it succeeds. */
static inline int uesynth_ssl_add_chain(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add0_chain_cert(context, certificate);
}

static inline size_t uesynth_bio_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

static inline void uesynth_x509_append(char *text, size_t capacity, const char *kind,
                                       const char *value, size_t size) {
  size_t used = strlen(text);
  size_t i;
  if (used + strlen(kind) + size + 3 > capacity)
    return;
  if (used > 0) {
    memcpy(text + used, ", ", 3);
    used += 2;
  }
  memcpy(text + used, kind, strlen(kind) + 1);
  used += strlen(kind);
  for (i = 0; i < size; i++)
    text[used + i] = value[i] > 0x20 && value[i] < 0x7f ? value[i] : '?';
  text[used + size] = 0;
}

/* The names and addresses that a certificate is for, as many as fit: "DNS:localhost, IP:127.0.0.1". */
static inline void uesynth_x509_names(X509 *certificate, char *text, size_t capacity) {
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  int i;
  if (capacity == 0)
    return;
  text[0] = 0;
  for (i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      uesynth_x509_append(text, capacity, "DNS:", (const char *)ASN1_STRING_get0_data(name->d.dNSName),
                          (size_t)ASN1_STRING_length(name->d.dNSName));
    } else if (name->type == GEN_IPADD) {
      char address[INET6_ADDRSTRLEN];
      int length = ASN1_STRING_length(name->d.iPAddress);
      if ((length == 4 || length == 16) &&
          inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress),
                    address, sizeof address))
        uesynth_x509_append(text, capacity, "IP:", address, strlen(address));
    }
  }
  GENERAL_NAMES_free(names);
}

/* Subject (1) or issuer (0) on one line. */
static inline void uesynth_x509_party(X509 *certificate, int subject, char *text, size_t capacity) {
  X509_NAME *name =
      subject ? X509_get_subject_name(certificate) : X509_get_issuer_name(certificate);
  BIO *bio = BIO_new(BIO_s_mem());
  int count = 0;
  if (capacity == 0)
    return;
  if (bio && name && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE) >= 0)
    count = BIO_read(bio, text, (int)capacity - 1);
  text[count > 0 ? count : 0] = 0;
  BIO_free(bio);
}

/* The end (1) or beginning (0) of its validity: "Jan  1 00:00:00 2020 GMT". */
static inline void uesynth_x509_time(X509 *certificate, int end, char *text, size_t capacity) {
  const ASN1_TIME *time =
      end ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate);
  BIO *bio = BIO_new(BIO_s_mem());
  int count = 0;
  if (capacity == 0)
    return;
  if (bio && time && ASN1_TIME_print(bio, time) == 1)
    count = BIO_read(bio, text, (int)capacity - 1);
  text[count > 0 ? count : 0] = 0;
  BIO_free(bio);
}
