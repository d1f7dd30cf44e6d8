/* SPDX-License-Identifier: ISC */
/* Certificates: reading, checking, and the router that a peer's one names. */
#include <sha2.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "common/log.h"
#include "engine/tls/local.h"
#include "engine/tls/tls.h"

/* A URI among the alternative names that begins so ends with an id. */
#define ID_URI	"sroam:"

static const struct conf_secret	*find(const struct conf *, uint32_t);
static int			 bind_name(struct tls_session *,
				    const GENERAL_NAME *);
static int			 load_ca(SSL_CTX *, BIO *);
static int			 load_chain(SSL_CTX *, BIO *);
static int			 load_key(SSL_CTX *, BIO *);

/* A key with a password cannot be used: nobody can type it. */
static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static const struct conf_secret *
find(const struct conf *conf, uint32_t kind)
{
	size_t	i;

	for (i = 0; i < conf->nsecrets; i++)
		if (conf->secrets[i].kind == kind)
			return &conf->secrets[i];
	return NULL;
}

int
tls_certs_load(SSL_CTX *ctx, const struct conf *conf, char *why, size_t len)
{
	static const struct {
		uint32_t	 kind;
		int		(*load)(SSL_CTX *, BIO *);
		const char	*what, *wrong;
	} steps[] = {
		{ SECRET_CA, load_ca, "tls ca", "no certificate in PEM form" },
		{ SECRET_KEY, load_key, "key",
		    "no key in PEM form without a password" },
		{ SECRET_CERT, load_chain, "cert",
		    "no certificate in PEM form, or too weak a one" }
	};
	const struct conf_secret *s;
	size_t			 i;
	BIO			*bio;
	int			 rc;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		s = find(conf, steps[i].kind);
		if (s == NULL ||
		    (bio = BIO_new_mem_buf(s->data, (int)s->len)) == NULL) {
			snprintf(why, len, "%s: missing", steps[i].what);
			return -1;
		}
		rc = steps[i].load(ctx, bio);
		BIO_free(bio);
		ERR_clear_error();
		if (rc == -1) {
			snprintf(why, len, "%s: %s", steps[i].what,
			    steps[i].wrong);
			return -1;
		}
	}
	if (SSL_CTX_check_private_key(ctx) != 1) {
		snprintf(why, len, "tls: key and cert do not belong together");
		return -1;
	}
	return 0;
}

/*
 * Certificates in the file are trusted, be it a CA or a single router's
 * certificate, which is then pinned.
 */
static int
load_ca(SSL_CTX *ctx, BIO *bio)
{
	X509_STORE	*store = SSL_CTX_get_cert_store(ctx);
	X509		*cert;
	int		 n = 0;

	while ((cert = PEM_read_bio_X509(bio, NULL, no_password,
	    NULL)) != NULL) {
		if (X509_STORE_add_cert(store, cert) == 1 &&
		    SSL_CTX_add_client_CA(ctx, cert) == 1)
			n++;
		X509_free(cert);
	}
	X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	return n > 0 ? 0 : -1;
}

static int
load_chain(SSL_CTX *ctx, BIO *bio)
{
	X509	*cert;
	int	 rc;

	if ((cert = PEM_read_bio_X509(bio, NULL, no_password, NULL)) == NULL)
		return -1;
	if (X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
		log_warnx("tls cert: expired: other routers will refuse it");
	rc = SSL_CTX_use_certificate(ctx, cert) == 1 ? 0 : -1;
	X509_free(cert);
	while (rc == 0 && (cert = PEM_read_bio_X509(bio, NULL, no_password,
	    NULL)) != NULL) {
		if (SSL_CTX_add0_chain_cert(ctx, cert) != 1) {
			X509_free(cert);
			rc = -1;
		}
	}
	return rc;
}

static int
load_key(SSL_CTX *ctx, BIO *bio)
{
	EVP_PKEY	*key;
	int		 rc;

	key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	if (key == NULL)
		return -1;
	rc = SSL_CTX_use_PrivateKey(ctx, key) == 1 ? 0 : -1;
	EVP_PKEY_free(key);
	return rc;
}

uint32_t
tls_certs_digest(const struct conf *conf)
{
	uint8_t		 digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX	 sha;
	uint32_t	 number;
	size_t		 i;

	SHA256Init(&sha);
	for (i = 0; i < conf->nsecrets; i++)
		if (conf->secrets[i].kind == SECRET_CA)
			SHA256Update(&sha, conf->secrets[i].data,
			    conf->secrets[i].len);
	SHA256Final(digest, &sha);
	memcpy(&number, digest, sizeof(number));
	return number;
}

/*
 * The name is the configured one: a wrong DNS answer leads to a router without
 * its certificate.  A neighbour's address on a link proves nothing: its
 * certificate must name the router id.
 */
int
tls_certs_expect(SSL *ssl, const struct conf_peer *to,
    const struct addr *addr)
{
	X509_VERIFY_PARAM	*param = SSL_get0_param(ssl);
	bool			 v4 = addr_is_v4(addr);

	if (to->automatic)
		return 0;
	if (to->host[0] != '\0') {
		X509_VERIFY_PARAM_set_hostflags(param,
		    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
		    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
		return X509_VERIFY_PARAM_set1_host(param, to->host, 0) == 1 ?
		    0 : -1;
	}
	return X509_VERIFY_PARAM_set1_ip(param, v4 ? addr_v4(addr) :
	    addr->octet, v4 ? 4 : 16) == 1 ? 0 : -1;
}

/* Takes one alternative name, if it is a router id: 0, or -1: a wrong id. */
static int
bind_name(struct tls_session *s, const GENERAL_NAME *name)
{
	const size_t		 skip = sizeof(ID_URI) - 1;
	const ASN1_IA5STRING	*uri;
	char			 text[32];
	size_t			 len;

	if (name->type != GEN_URI)
		return 0;
	uri = name->d.uniformResourceIdentifier;
	len = (size_t)ASN1_STRING_length(uri);
	if (len < skip || memcmp(ASN1_STRING_get0_data(uri), ID_URI,
	    skip) != 0)
		return 0;
	if (s->nids == TLS_CERT_IDS || (len -= skip) >= sizeof(text))
		return -1;
	memcpy(text, ASN1_STRING_get0_data(uri) + skip, len);
	text[len] = '\0';
	if (strlen(text) != len ||
	    router_id_parse(text, &s->ids[s->nids]) == -1)
		return -1;
	s->nids++;
	return 0;
}

int
tls_certs_bind(struct tls_session *s, const X509 *cert)
{
	GENERAL_NAMES	*names;
	unsigned int	 len = sizeof(s->cert);
	int		 i, rc = 0;

	if (X509_digest(cert, EVP_sha256(), s->cert, &len) != 1) {
		strlcpy(s->why, "its certificate cannot be used",
		    sizeof(s->why));
		return -1;
	}
	names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (i = 0; rc == 0 && i < sk_GENERAL_NAME_num(names); i++)
		rc = bind_name(s, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	ERR_clear_error();
	if (rc == -1)
		strlcpy(s->why, "its certificate names no proper router id",
		    sizeof(s->why));
	else if (s->automatic && s->nids == 0) {
		strlcpy(s->why, "its certificate names no router id",
		    sizeof(s->why));
		rc = -1;
	}
	return rc;
}

/* The common name, or the whole subject where it has none. */
void
tls_certs_name(const X509 *cert, char *text, size_t size)
{
	X509_NAME	*name = X509_get_subject_name(cert);
	char		*p;

	if (X509_NAME_get_text_by_NID(name, NID_commonName, text,
	    (int)size) <= 0)
		X509_NAME_oneline(name, text, (int)size);
	for (p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}
