/* SPDX-License-Identifier: ISC */
/*
 * TLS 1.3 for flooding sessions, by an external PSK with (EC)DHE, or by
 * certificates on both sides; sroam-flood(7) says how.
 */
#ifndef SROAMD_TLS_H
#define SROAMD_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "engine/tls/key.h"

struct bufferevent;
struct event_base;
struct tls;

#define TLS_CERT_LEN	32	/* of a certificate's fingerprint */
#define TLS_EXPORT_LEN	32	/* of keying material */
#define TLS_CERT_IDS	4	/* router ids that one may name */

/* The state of the other side of one session. */
struct tls_session {
	struct tls		*tls;
	bool			 accepted;	/* we are the server */
	/* it was discovered on a link */
	bool			 automatic;
	struct addr		 addr;		/* of the peer */
	uint8_t			 mode;		/* enum conf_tls_mode */
	uint32_t		 generation;	/* of the certificates */
	/* CONF_TLS_PSK: its key, and who the client says it is. */
	uint8_t			 fingerprint[TLS_FINGERPRINT_LEN];
	struct router_id	 client;
	/* CONF_TLS_CERT: the certificate, and the router ids that it names. */
	uint8_t			 cert[TLS_CERT_LEN];
	struct router_id	 ids[TLS_CERT_IDS];
	uint32_t		 nids;
	char			 why[96];	/* why we refused, or empty */
	char			 version[16], cipher[40], identity[64];
};

/* Before chroot: loads what the library needs of the system. */
void	tls_start(void);

struct tls	*tls_new(const struct router_id *self);	/* NULL: no memory */
void		 tls_free(struct tls *);

/* Whether the secrets of a configuration are usable: 0, or -1 and why. */
int	tls_check(const struct conf *, char *why, size_t len);
/*
 * Prepare them, 0, or -1 and why; then use them from now on.  Sessions stay;
 * tls_accepts tells which could not start any more.
 */
int	tls_prepare(struct tls *, const struct conf *, char *why, size_t len);
void	tls_commit(struct tls *);
void	tls_abort(struct tls *);
bool	tls_accepts(const struct tls *, const struct tls_session *);

/*
 * A session on a connected socket, which is taken over.  `to` is the peer that
 * we connected to, whose name or address its certificate must have, or NULL.
 * The tls_session must stay valid as long.  NULL: there is no key, or no
 * memory.
 */
struct bufferevent	*tls_bufferevent(struct tls *, struct event_base *,
			    int fd, const struct conf_peer *to,
			    const struct addr *peer, struct tls_session *);
/* After its BEV_EVENT_CONNECTED: 0, or -1 and s->why. */
int			 tls_connected(struct tls_session *,
			    struct bufferevent *);
/*
 * Octets that only the two ends of this session know (RFC 5705, RFC 8446 7.5):
 * 0, or -1: the library failed.
 */
int			 tls_export(struct bufferevent *,
			    uint8_t out[TLS_EXPORT_LEN]);
/* Whether the certificate names this router, or no router. */
bool			 tls_names(const struct tls_session *,
			    const struct router_id *);
/* After its BEV_EVENT_ERROR: the error as text. */
const char		*tls_error(struct tls_session *, struct bufferevent *);
#endif
