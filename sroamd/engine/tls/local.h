/* SPDX-License-Identifier: ISC */
/* certs.c, TLS's part about certificates: for tls.c alone. */
#ifndef SROAMD_TLS_LOCAL_H
#define SROAMD_TLS_LOCAL_H

#include <openssl/ssl.h>

#include "conf/conf.h"

struct tls_session;

/* CA, chain and key of a configuration: 0, or -1 and why. */
int		tls_certs_load(SSL_CTX *, const struct conf *, char *, size_t);
/* A fingerprint: differs between certificates. */
uint32_t	tls_certs_digest(const struct conf *);
/* The server's certificate must have this peer's name, or address. */
int		tls_certs_expect(SSL *, const struct conf_peer *,
		    const struct addr *);
/* The certificate and the routers that it names: 0, or -1 and why. */
int		tls_certs_bind(struct tls_session *, const X509 *);
/* The subject's name, made printable. */
void		tls_certs_name(const X509 *, char *, size_t);
#endif
