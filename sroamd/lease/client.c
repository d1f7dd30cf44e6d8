/* SPDX-License-Identifier: ISC */
/* Clients of DHCP: client.h. */
#include <sha2.h>
#include <string.h>

#include "lease/client.h"

#define TYPE_ETHER	1	/* of a client identifier: hardware type */

int
ident_cmp(const struct ident *a, const struct ident *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet));
}

void
ident_make(struct ident *ident, const uint8_t *id, uint8_t len)
{
	SHA2_CTX	ctx;
	uint8_t		digest[SHA256_DIGEST_LENGTH];

	SHA256Init(&ctx);
	SHA256Update(&ctx, id, len);
	SHA256Final(digest, &ctx);
	memcpy(ident->octet, digest, sizeof(ident->octet));
}

void
ident_of_mac(struct ident *ident, const struct mac *mac)
{
	uint8_t	id[1 + sizeof(*mac)] = { TYPE_ETHER };

	memcpy(id + 1, mac->octet, sizeof(*mac));
	ident_make(ident, id, sizeof(id));
}

void
client_any(struct client *c, const struct mac *mac)
{
	memset(c, 0, sizeof(*c));
	c->mac = *mac;
	c->plain = c->any = true;
}

void
client_plain(struct client *c, const struct mac *mac)
{
	memset(c, 0, sizeof(*c));
	c->mac = *mac;
	c->plain = true;
	ident_of_mac(&c->ident, mac);
}

/* What it asks for may be an address that it had before it was told apart. */
void
client_of_request(struct client *c, const struct dhcp_request *req)
{
	struct ident	own;

	memset(c, 0, sizeof(*c));
	c->mac = req->chaddr;
	c->asks = addr_is_none(&req->requested) ? req->ciaddr : req->requested;
	ident_of_mac(&own, &req->chaddr);
	if (req->client_idlen == 0)
		c->ident = own;
	else
		ident_make(&c->ident, req->client_id, req->client_idlen);
	c->plain = ident_cmp(&c->ident, &own) == 0;
}

bool
client_is(const struct client *a, const struct client *b)
{
	return mac_cmp(&a->mac, &b->mac) == 0 && (a->any || b->any ||
	    ident_cmp(&a->ident, &b->ident) == 0);
}
