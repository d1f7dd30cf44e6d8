/* SPDX-License-Identifier: ISC */
/*
 * The names in a certificate that a peer has shown.  It was signed by somebody
 * whom we trust, for names that the peer chose.  The first octet says what the
 * rest is: the whole certificate, its alternative names, in DER, or texts,
 * each behind its length: the common name, and URIs.
 */
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tls/local.h"
#include "engine/tls/tls.h"

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
add_alternatives(X509 *cert, const uint8_t *der, int len)
{
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;

	CHECK(octets != NULL && ASN1_OCTET_STRING_set(octets, der, len) == 1);
	ext = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0,
	    octets);
	CHECK(ext != NULL && X509_add_ext(cert, ext, -1) == 1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
}

static void
add_uri(GENERAL_NAMES *names, const uint8_t *text, int len)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *uri = ASN1_IA5STRING_new();

	CHECK(name != NULL && uri != NULL &&
	    ASN1_STRING_set(uri, text, len) == 1);
	GENERAL_NAME_set0_value(name, GEN_URI, uri);
	CHECK(sk_GENERAL_NAME_push(names, name) > 0);
}

static void
add_texts(X509 *cert, const uint8_t *data, size_t len)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	uint8_t *der = NULL;
	size_t n;
	int i, size;

	for (i = 0; len > 0 && i < 16; i++) {
		n = *data++;
		len--;
		if (n > len)
			n = len;
		if (i == 0 && n > 0)
			(void)X509_NAME_add_entry_by_NID(subject,
			    NID_commonName, V_ASN1_UTF8STRING,
			    (unsigned char *)(uintptr_t)data, (int)n, -1, 0);
		else if (i > 0)
			add_uri(names, data, (int)n);
		data += n;
		len -= n;
	}
	size = i2d_GENERAL_NAMES(names, &der);
	if (size > 0)
		add_alternatives(cert, der, size);
	OPENSSL_free(der);
	GENERAL_NAMES_free(names);
}

/* Signed once: the names are put in later, and who checks that is OpenSSL. */
static X509 *
signed_one(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	X509 *cert = X509_new();

	CHECK(key != NULL && cert != NULL);
	CHECK(X509_set_version(cert, X509_VERSION_3) == 1);
	CHECK(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1);
	CHECK(X509_gmtime_adj(X509_getm_notBefore(cert), 0) != NULL);
	CHECK(X509_gmtime_adj(X509_getm_notAfter(cert), 3600) != NULL);
	CHECK(X509_set_pubkey(cert, key) == 1);
	CHECK(X509_sign(cert, key, NULL) > 0);
	EVP_PKEY_free(key);
	return cert;
}

static X509 *
certificate(const uint8_t *data, size_t len)
{
	static X509 *cert;
	X509_NAME *nobody;

	if (data[0] == 0) {
		data++;
		return d2i_X509(NULL, &data, (long)len - 1);
	}
	/* A copy would decode the key again, which takes long. */
	if (cert == NULL)
		cert = signed_one();
	while (X509_get_ext_count(cert) > 0)
		X509_EXTENSION_free(X509_delete_ext(cert, 0));
	CHECK((nobody = X509_NAME_new()) != NULL);
	CHECK(X509_set_subject_name(cert, nobody) == 1);
	X509_NAME_free(nobody);
	CHECK(X509_up_ref(cert) == 1);
	if (data[0] == 1)
		add_alternatives(cert, data + 1, (int)len - 1);
	else
		add_texts(cert, data + 1, len - 1);
	return cert;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct tls_session s = { .automatic = false };
	char text[sizeof(s.identity)];
	const char *p;
	X509 *cert;
	int rc;

	if (len < 1 || len > 8192 || (cert = certificate(data, len)) == NULL)
		return 0;
	s.automatic = data[0] & 2;
	rc = tls_certs_bind(&s, cert);
	CHECK(s.nids <= TLS_CERT_IDS);
	CHECK((rc == 0) == (s.why[0] == '\0'));
	CHECK(rc == -1 || !s.automatic || s.nids > 0);
	tls_certs_name(cert, text, sizeof(text));
	CHECK(memchr(text, '\0', sizeof(text)) != NULL);
	for (p = text; *p != '\0'; p++)
		CHECK(*p >= ' ' && *p <= '~');
	X509_free(cert);
	return 0;
}
