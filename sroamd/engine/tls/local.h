/* SPDX-License-Identifier: ISC */
/* certs.c, what of TLS is about certificates: for tls.c alone. */
#ifndef SROAMD_TLS_LOCAL_H
#define SROAMD_TLS_LOCAL_H

#include <openssl/ssl.h>

#include "conf/conf.h"

struct tls_session;

/* CA, chain and key of a configuration: 0, or -1 and why. */
int		tls_certs_load(SSL_CTX *, const struct conf *, char *, size_t);
/* Tells certificates apart: another number for others. */
uint32_t	tls_certs_digest(const struct conf *);
/* The server must have a certificate of this peer's name, or address. */
int		tls_certs_expect(SSL *, const struct conf_peer *,
		    const struct addr *);
/* Which one it is and which routers it names: 0, or -1 and why. */
int		tls_certs_bind(struct tls_session *, const X509 *);
/* Whose it is, made printable. */
void		tls_certs_name(const X509 *, char *, size_t);
#endif
