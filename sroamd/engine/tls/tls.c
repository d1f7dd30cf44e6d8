/* SPDX-License-Identifier: ISC */
/* TLS 1.3 for sessions, by shared secrets or certificates. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "common/log.h"
#include "common/nomem.h"
#include "engine/tls/local.h"
#include "engine/tls/tls.h"

#define ROOM		16384		/* octets: ten times a handshake */
#define SECURITY_LEVEL	2		/* 112 bits: RSA 2048, P-256 */
/* Suites with SHA-256, for which our keys are made. */
#define CIPHERS		"TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"

#define EXPORT_LABEL	"EXPERIMENTAL sroam session"

/* OpenSSL treats our keys as sessions, which must have a context id. */
static const unsigned char	context[] = { 's', 'r', 'o', 'a', 'm' };

struct tls {
	struct router_id	 self;
	uint8_t			 mode;		/* enum conf_tls_mode */
	struct tls_key		 keys[CONF_PSKS];
	uint32_t		 nkeys;
	uint32_t		 generation;
	SSL_CTX			*ctx;		/* NULL: CONF_TLS_NONE */
	struct tls_staged {
		struct tls_key	 keys[CONF_PSKS];
		uint32_t	 nkeys;
		uint32_t	 generation;
		uint8_t		 mode;
		SSL_CTX		*ctx;
	}			 staged;	/* by tls_prepare */
};

static int			 find_session(SSL *, const unsigned char *,
				    size_t, SSL_SESSION **);
static int			 use_session(SSL *, const EVP_MD *,
				    const unsigned char **, size_t *,
				    SSL_SESSION **);
static SSL_SESSION		*make_session(SSL *, const struct tls_key *,
				    const struct router_id *);
static SSL_CTX			*make_ctx(const struct conf *, char *, size_t);
static void			 check_own(const struct tls *);
static int			 make_keys(struct tls_key *,
				    const struct conf *);
static int			 forget(SSL_CTX *, char *, size_t,
				    const char *);
static const struct tls_key	*find_key(const struct tls *, const uint8_t *);
static void			 describe_peer(struct tls_session *, SSL *);
static const char		*explain(const struct tls_session *, SSL *,
				    unsigned long);

/*
 * The system's openssl.cnf is not used: the engine in its root folder could
 * not read it again, and policy belongs in our own configuration.
 */
void
tls_start(void)
{
	SSL_CTX	*ctx;

	if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG |
	    OPENSSL_INIT_LOAD_SSL_STRINGS, NULL) != 1)
		fatalx("tls: OpenSSL cannot be initialised");
	/* OpenSSL loads algorithms and the random generator at first use. */
	if ((ctx = SSL_CTX_new(TLS_method())) == NULL)
		fatalx("tls: OpenSSL cannot be used");
	SSL_CTX_free(ctx);
	ERR_clear_error();
}

struct tls *
tls_new(const struct router_id *self)
{
	struct tls	*tls;

	if ((tls = calloc(1, sizeof(*tls))) != NULL)
		tls->self = *self;
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	tls_abort(tls);
	SSL_CTX_free(tls->ctx);
	freezero(tls, sizeof(*tls));
}

int
tls_check(const struct conf *conf, char *why, size_t len)
{
	struct tls_key	 keys[CONF_PSKS];
	SSL_CTX		*ctx;
	int		 rc;

	if ((ctx = make_ctx(conf, why, len)) == NULL)
		return -1;
	SSL_CTX_free(ctx);
	rc = make_keys(keys, conf) == -1 ? -1 : 0;
	explicit_bzero(keys, sizeof(keys));
	if (rc == -1)
		snprintf(why, len, "tls psk: OpenSSL cannot use it");
	return rc;
}

int
tls_prepare(struct tls *tls, const struct conf *conf, char *why, size_t len)
{
	struct tls_staged	*st = &tls->staged;
	int			 n;

	tls_abort(tls);
	if (conf->global.tls != CONF_TLS_NONE &&
	    (st->ctx = make_ctx(conf, why, len)) == NULL)
		return -1;
	if ((n = make_keys(st->keys, conf)) == -1) {
		snprintf(why, len, "tls psk: OpenSSL cannot use it");
		tls_abort(tls);
		return -1;
	}
	st->nkeys = (uint32_t)n;
	st->mode = conf->global.tls;
	st->generation = tls_certs_digest(conf);
	return 0;
}

void
tls_abort(struct tls *tls)
{
	SSL_CTX_free(tls->staged.ctx);
	tls->staged.ctx = NULL;
	explicit_bzero(tls->staged.keys, sizeof(tls->staged.keys));
	tls->staged.nkeys = 0;
}

void
tls_commit(struct tls *tls)
{
	struct tls_staged	*st = &tls->staged;

	memcpy(tls->keys, st->keys, sizeof(tls->keys));
	tls->nkeys = st->nkeys;
	/* sessions hold references of their own */
	SSL_CTX_free(tls->ctx);
	tls->ctx = st->ctx;
	st->ctx = NULL;
	tls->mode = st->mode;
	tls->generation = st->generation;
	tls_abort(tls);
	if (tls->mode == CONF_TLS_CERT)
		check_own(tls);
}

/* Other routers would refuse it, each with a line in its own log. */
static void
check_own(const struct tls *tls)
{
	struct tls_session	own;

	memset(&own, 0, sizeof(own));
	if (tls_certs_bind(&own, SSL_CTX_get0_certificate(tls->ctx)) == -1)
		log_warnx("tls cert: %s", own.why);
	else if (!tls_names(&own, &tls->self))
		log_warnx("tls cert: names router %s, we are %s: other "
		    "routers will refuse it", router_id_text(&own.ids[0]),
		    router_id_text(&tls->self));
}

/* The number of keys, or -1. */
static int
make_keys(struct tls_key *keys, const struct conf *conf)
{
	size_t	 i;
	int	 n = 0;

	for (i = 0; i < conf->nsecrets && n < CONF_PSKS; i++) {
		if (conf->secrets[i].kind != SECRET_PSK)
			continue;
		if (tls_key_make(&keys[n], conf->secrets[i].data,
		    conf->secrets[i].len) == -1)
			return -1;
		n++;
	}
	return n;
}

static SSL_CTX *
make_ctx(const struct conf *conf, char *why, size_t len)
{
	SSL_CTX	*ctx;

	if ((ctx = SSL_CTX_new(TLS_method())) == NULL ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_ciphersuites(ctx, CIPHERS) != 1 ||
	    SSL_CTX_set_session_id_context(ctx, context,
	    sizeof(context)) != 1) {
		forget(ctx, why, len, "tls: OpenSSL cannot be used");
		return NULL;
	}
	SSL_CTX_set_security_level(ctx, SECURITY_LEVEL);
	/* One kind of handshake only: no tickets, no resumed sessions. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_early_data(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	/* With a PSK no certificate is accepted: there is no CA. */
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
	    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	if (conf->global.tls == CONF_TLS_PSK) {
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		SSL_CTX_set_psk_find_session_callback(ctx, find_session);
		SSL_CTX_set_psk_use_session_callback(ctx, use_session);
	} else if (tls_certs_load(ctx, conf, why, len) == -1) {
		SSL_CTX_free(ctx);
		ERR_clear_error();
		return NULL;
	}
	return ctx;
}

static int
forget(SSL_CTX *ctx, char *why, size_t len, const char *text)
{
	SSL_CTX_free(ctx);
	strlcpy(why, text, len);
	ERR_clear_error();
	return -1;
}

static const struct tls_key *
find_key(const struct tls *tls, const uint8_t *fingerprint)
{
	uint32_t	i;

	for (i = 0; i < tls->nkeys; i++)
		if (memcmp(tls->keys[i].fingerprint, fingerprint,
		    TLS_FINGERPRINT_LEN) == 0)
			return &tls->keys[i];
	return NULL;
}

/* Sessions of a key that was removed end. */
bool
tls_accepts(const struct tls *tls, const struct tls_session *s)
{
	if (s->mode != tls->mode)
		return false;
	if (s->mode == CONF_TLS_PSK)
		return find_key(tls, s->fingerprint) != NULL;
	return s->generation == tls->generation;
}

struct bufferevent *
tls_bufferevent(struct tls *tls, struct event_base *base, int fd,
    const struct conf_peer *to, const struct addr *peer,
    struct tls_session *s)
{
	struct bufferevent	*bev;
	SSL			*ssl;
	bool			 accepted = to == NULL;
	void			*room;

	memset(s, 0, sizeof(*s));
	s->tls = tls;
	s->accepted = accepted;
	s->automatic = to != NULL && to->automatic;
	s->addr = *peer;
	s->mode = tls->mode;
	s->generation = tls->generation;
	if (tls->ctx == NULL || (ssl = SSL_new(tls->ctx)) == NULL)
		return NULL;
	/*
	 * libevent 2.1 frees a pointer that it has not set yet if this memory
	 * is refused: so test before the call that there is enough.
	 */
	if ((room = malloc(ROOM)) == NULL) {
		nomem("a session");
		SSL_free(ssl);
		return NULL;
	}
	free(room);
	SSL_set_app_data(ssl, s);
	if (tls->mode == CONF_TLS_CERT && !accepted &&
	    tls_certs_expect(ssl, to, peer) == -1) {
		SSL_free(ssl);
		return NULL;
	}
	bev = bufferevent_openssl_socket_new(base, fd, ssl, accepted ?
	    BUFFEREVENT_SSL_ACCEPTING : BUFFEREVENT_SSL_CONNECTING,
	    BEV_OPT_CLOSE_ON_FREE);
	/* Since 2.1.12 it frees ssl on failure, too. */
	if (bev == NULL) {
		if (event_get_version_number() < 0x02010c00)
			SSL_free(ssl);
		return NULL;
	}
	/* A close without notice is no error: TLVs have lengths. */
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

/*
 * The server's side of a PSK.  *session stays NULL if the identity is wrong,
 * and the handshake fails, since there are no certificates.  Our own id passes:
 * the hello tells whether it is a copy of ours, or ourselves, if somebody sends
 * back to us what we send (RFC 9257 4.1).
 */
static int
find_session(SSL *ssl, const unsigned char *identity, size_t len,
    SSL_SESSION **session)
{
	struct tls_session	*s = SSL_get_app_data(ssl);
	const struct tls_key	*key;
	struct router_id	 client;

	*session = NULL;
	if (tls_identity_parse(identity, len, &client, s->fingerprint) == -1)
		strlcpy(s->why, "its identity is none of sroamd's",
		    sizeof(s->why));
	else if ((key = find_key(s->tls, s->fingerprint)) == NULL)
		snprintf(s->why, sizeof(s->why), "its key is not one of ours "
		    "(router %s)", router_id_text(&client));
	else if ((*session = make_session(ssl, key, &client)) != NULL) {
		s->client = client;
		s->why[0] = '\0';
	} else
		return 0;
	return 1;
}

/* The client's side: called again after a HelloRetryRequest, with its hash. */
static int
use_session(SSL *ssl, const EVP_MD *md, const unsigned char **identity,
    size_t *len, SSL_SESSION **session)
{
	static char		 text[TLS_IDENTITY_LEN + 1];
	struct tls_session	*s = SSL_get_app_data(ssl);
	const struct tls	*tls = s->tls;

	*session = NULL;
	if (tls->nkeys == 0 ||
	    (md != NULL && EVP_MD_get_type(md) != NID_sha256))
		return 1;
	if ((*session = make_session(ssl, &tls->keys[0], &tls->self)) == NULL)
		return 0;
	memcpy(s->fingerprint, tls->keys[0].fingerprint,
	    sizeof(s->fingerprint));
	tls_identity_make(text, &tls->self, s->fingerprint);
	*identity = (const unsigned char *)text;	/* copied at once */
	*len = TLS_IDENTITY_LEN;
	return 1;
}

static SSL_SESSION *
make_session(SSL *ssl, const struct tls_key *key,
    const struct router_id *client)
{
	static const unsigned char	 aes128[] = { 0x13, 0x01 };
	const SSL_CIPHER		*cipher;
	SSL_SESSION			*session;
	uint8_t				 secret[TLS_KEY_LEN];

	cipher = SSL_CIPHER_find(ssl, aes128);
	session = SSL_SESSION_new();
	if (cipher == NULL || session == NULL ||
	    tls_key_derive(key, client, secret) == -1 ||
	    SSL_SESSION_set1_master_key(session, secret,
	    sizeof(secret)) != 1 ||
	    SSL_SESSION_set1_id_context(session, context,
	    sizeof(context)) != 1 ||
	    SSL_SESSION_set_cipher(session, cipher) != 1 ||
	    SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) != 1) {
		SSL_SESSION_free(session);
		session = NULL;
	}
	explicit_bzero(secret, sizeof(secret));
	return session;
}

int
tls_connected(struct tls_session *s, struct bufferevent *bev)
{
	SSL	*ssl = bufferevent_openssl_get_ssl(bev);

	ERR_clear_error();
	/* A second check: without PSK and certificate it is refused. */
	if (s->mode == CONF_TLS_PSK ? !SSL_session_reused(ssl) :
	    SSL_get0_peer_certificate(ssl) == NULL ||
	    SSL_get_verify_result(ssl) != X509_V_OK) {
		strlcpy(s->why, "is not authenticated", sizeof(s->why));
		return -1;
	}
	strlcpy(s->version, SSL_get_version(ssl), sizeof(s->version));
	strlcpy(s->cipher, SSL_get_cipher_name(ssl), sizeof(s->cipher));
	if (s->mode == CONF_TLS_CERT && tls_certs_bind(s,
	    SSL_get0_peer_certificate(ssl)) == -1)
		return -1;
	describe_peer(s, ssl);
	return 0;
}

int
tls_export(struct bufferevent *bev, uint8_t out[TLS_EXPORT_LEN])
{
	SSL	*ssl = bufferevent_openssl_get_ssl(bev);
	int	 rc;

	rc = SSL_export_keying_material(ssl, out, TLS_EXPORT_LEN, EXPORT_LABEL,
	    sizeof(EXPORT_LABEL) - 1, NULL, 0, 0);
	ERR_clear_error();
	return rc == 1 ? 0 : -1;
}

bool
tls_names(const struct tls_session *s, const struct router_id *id)
{
	uint32_t	i;

	for (i = 0; i < s->nids; i++)
		if (router_id_cmp(&s->ids[i], id) == 0)
			return true;
	return s->nids == 0;
}

static void
describe_peer(struct tls_session *s, SSL *ssl)
{
	const uint8_t	*f = s->fingerprint;

	if (s->mode == CONF_TLS_PSK)
		snprintf(s->identity, sizeof(s->identity),
		    "psk %02x%02x%02x%02x", f[0], f[1], f[2], f[3]);
	else
		tls_certs_name(SSL_get0_peer_certificate(ssl), s->identity,
		    sizeof(s->identity));
}

const char *
tls_error(struct tls_session *s, struct bufferevent *bev)
{
	SSL		*ssl = bufferevent_openssl_get_ssl(bev);
	unsigned long	 e, first = 0;

	while ((e = bufferevent_get_openssl_error(bev)) != 0)
		if (first == 0)
			first = e;
	ERR_clear_error();
	if (s->why[0] != '\0')
		return s->why;
	if (first == 0)
		return EVUTIL_SOCKET_ERROR() != 0 ?
		    strerror(EVUTIL_SOCKET_ERROR()) : "tls: closed";
	return explain(s, ssl, first);
}

/* In terms of the network rather than the library's, where that is clear. */
static const char *
explain(const struct tls_session *s, SSL *ssl, unsigned long e)
{
	static char	 text[96];
	const char	*reason = ERR_reason_error_string(e);
	long		 verify = SSL_get_verify_result(ssl);

	switch (ERR_GET_REASON(e)) {
	case SSL_R_UNEXPECTED_EOF_WHILE_READING:
		return s->version[0] != '\0' ? "closed by the peer" :
		    "closed before tls began";
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_HTTPS_PROXY_REQUEST:
	case SSL_R_BAD_PROTOCOL_VERSION_NUMBER:
		return "does not speak tls";
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return "does not speak tls 1.3";
	case SSL_R_BINDER_DOES_NOT_VERIFY:
		return "its key is not ours";
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
		return s->mode == CONF_TLS_PSK ? "refuses our key" :
		    "refuses our handshake";
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
		return "does not know the CA of our certificate";
	case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		return "has no certificate";
	case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
	case SSL_R_NO_SHARED_CIPHER:
		if (s->mode == CONF_TLS_PSK)
			return "has no key";
		break;
	case SSL_R_CERTIFICATE_VERIFY_FAILED:
		if (verify != X509_V_OK && s->mode == CONF_TLS_CERT) {
			snprintf(text, sizeof(text), "its certificate: %s",
			    X509_verify_cert_error_string(verify));
			return text;
		}
		return "has a certificate, but not our key";
	}
	snprintf(text, sizeof(text), "tls: %s", reason != NULL ? reason :
	    "failed");
	return text;
}
