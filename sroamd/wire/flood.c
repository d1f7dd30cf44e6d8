/* SPDX-License-Identifier: ISC */
/* Messages between routers, parsed and written: sroam-flood(7). */
#include <string.h>

#include "wire/flood.h"

#define FLOOD_MAGIC	44
#define FLOOD_VERSION	1

#define TLV_PAD		0
#define TLV_PADDING	1
#define TLV_UPDATE	2
#define TLV_AGED	3
#define TLV_HELLO	4
#define TLV_HEARTBEAT	5
#define TLV_SUMMARY	6
#define TLV_SUMS	7
#define TLV_FETCH	8
#define TLV_COUNTED	9
#define TLV_NEIGHBOURS	10
#define TLV_REFUSAL	11

#define TLV_HEADER	2
#define UPDATE_FIXED	(2 + 4 + 1)
#define AGED_FIXED	(8 + 4 + 4 + 1)
#define COUNTED_FIXED	(8 + 4 + 4 + 1 + 1)
#define NODE_LEN	(1 + 2)
#define SUM_LEN		8
#define HELLO_LEN	(8 + 32 + 8)
#define SIGNATURE_LEN	64
#define ID_LEN		8

static int		 get_seqno(struct ibuf *, uint8_t, uint64_t *);
static const char	*get_update(struct ibuf *, uint8_t, struct update *);
static const char	*get_digest(struct ibuf *, uint8_t, struct digest *);
static const char	*get_hello(struct ibuf *, struct hello *);
static enum flood_kind	 get_neighbours(struct ibuf *, struct flood_tlv *);
static const char	*get_refusal(struct ibuf *, struct refusal *);
static void		 make_printable(char *);
static int		 add_update(struct ibuf *, const struct update *,
			    uint8_t, size_t);
static bool		 fits(const struct update *);

/* A version 1 peer sends zeroes in octets 3 and 4, and ignores ours. */
int
wire_flood_get_handshake(struct ibuf *buf, uint16_t *capabilities)
{
	static const uint8_t start[2] = { FLOOD_MAGIC, FLOOD_VERSION };
	size_t left = ibuf_left(buf);

	if (left == 0)
		return 0;
	if (memcmp(ibuf_peek(buf), start, left < 2 ? left : 2) != 0)
		return -1;
	if (left < FLOOD_HANDSHAKE_LEN)
		return 0;
	ibuf_skip(buf, sizeof(start));
	ibuf_get_n16(buf, capabilities);
	return 1;
}

int
wire_flood_next(struct ibuf *buf, struct flood_tlv *tlv)
{
	struct ibuf at = *buf, body;
	uint8_t len;

	memset(tlv, 0, sizeof(*tlv));
	if (ibuf_get_n8(&at, &tlv->type) == -1)
		return 0;
	if (tlv->type == TLV_PAD) {
		*buf = at;
		return 1;
	}
	if (ibuf_get_n8(&at, &len) == -1 ||
	    ibuf_get_ibuf(&at, len, &body) == -1)
		return 0;
	*buf = at;
	switch (tlv->type) {
	case TLV_PADDING:
		tlv->kind = FLOOD_PAD;
		return 1;
	case TLV_UPDATE:
	case TLV_AGED:
	case TLV_COUNTED:
		tlv->kind = tlv->type == TLV_UPDATE ? FLOOD_UPDATE :
		    tlv->type == TLV_AGED ? FLOOD_AGED : FLOOD_COUNTED;
		tlv->why = get_update(&body, tlv->type, &tlv->update);
		break;
	case TLV_HELLO:
		tlv->kind = FLOOD_HELLO;
		if ((tlv->why = get_hello(&body, &tlv->hello)) == NULL)
			return 1;
		tlv->kind = FLOOD_BAD_HELLO;
		return -1;
	case TLV_HEARTBEAT:
		/* Later versions may have contents. */
		tlv->kind = FLOOD_HEARTBEAT;
		return 1;
	case TLV_SUMMARY:
	case TLV_SUMS:
	case TLV_FETCH:
		tlv->kind = FLOOD_DIGEST;
		tlv->why = get_digest(&body, tlv->type, &tlv->digest);
		break;
	case TLV_NEIGHBOURS:
		tlv->kind = get_neighbours(&body, tlv);
		break;
	case TLV_REFUSAL:
		tlv->kind = FLOOD_REFUSAL;
		tlv->why = get_refusal(&body, &tlv->refusal);
		break;
	default:
		tlv->kind = FLOOD_UNKNOWN;
		return 1;
	}
	if (tlv->why == NULL)
		return 1;
	tlv->kind = FLOOD_MALFORMED;
	return -1;
}

int
wire_flood_add_handshake(struct ibuf *buf, uint16_t capabilities)
{
	if (ibuf_room(buf) < FLOOD_HANDSHAKE_LEN)
		return -1;
	ibuf_add_n8(buf, FLOOD_MAGIC);
	ibuf_add_n8(buf, FLOOD_VERSION);
	return ibuf_add_n16(buf, capabilities);
}

int
wire_flood_add_update(struct ibuf *buf, const struct update *update)
{
	return add_update(buf, update, TLV_UPDATE, UPDATE_FIXED);
}

int
wire_flood_add_aged(struct ibuf *buf, const struct update *update)
{
	return add_update(buf, update, TLV_AGED, AGED_FIXED);
}

int
wire_flood_add_counted(struct ibuf *buf, const struct update *update)
{
	return add_update(buf, update, TLV_COUNTED, COUNTED_FIXED);
}

static int
add_update(struct ibuf *buf, const struct update *update, uint8_t type,
    size_t fixed)
{
	size_t len = update->keylen + update->vallen;

	if (!fits(update) || ibuf_room(buf) < TLV_HEADER + fixed + len)
		return -1;
	ibuf_add_n8(buf, type);
	ibuf_add_n8(buf, fixed + len);
	if (type == TLV_UPDATE)
		ibuf_add_n16(buf, (uint16_t)update->seqno);
	else
		ibuf_add_n64(buf, update->seqno);
	ibuf_add_n32(buf, update->lifetime);
	if (type != TLV_UPDATE)
		ibuf_add_n32(buf, update->age);
	if (type == TLV_COUNTED)
		ibuf_add_n8(buf, update->hops);
	ibuf_add_n8(buf, update->keylen);
	return ibuf_add(buf, update->data, len);
}

int
wire_flood_add_hello(struct ibuf *buf, const struct hello *h)
{
	size_t len = HELLO_LEN + (h->is_signed ? SIGNATURE_LEN : 0);

	if (ibuf_room(buf) < TLV_HEADER + len)
		return -1;
	ibuf_add_n8(buf, TLV_HELLO);
	ibuf_add_n8(buf, (uint8_t)len);
	ibuf_add(buf, h->id.octet, sizeof(h->id.octet));
	ibuf_add(buf, h->key.octet, sizeof(h->key.octet));
	ibuf_add_n64(buf, h->run);
	if (!h->is_signed)
		return 0;
	return ibuf_add(buf, h->signature.octet, sizeof(h->signature.octet));
}

int
wire_flood_add_heartbeat(struct ibuf *buf)
{
	if (ibuf_room(buf) < TLV_HEADER)
		return -1;
	ibuf_add_n8(buf, TLV_HEARTBEAT);
	return ibuf_add_n8(buf, 0);
}

int
wire_flood_add_digest(struct ibuf *buf, const struct digest *g)
{
	static const uint8_t	types[] = { [DIGEST_SUMMARY] = TLV_SUMMARY,
	    [DIGEST_SUMS] = TLV_SUMS, [DIGEST_FETCH] = TLV_FETCH };
	unsigned int		n, i;

	n = g->kind == DIGEST_SUMMARY ? 1 : g->kind == DIGEST_SUMS ?
	    DIGEST_FANOUT : 0;
	if (g->kind > DIGEST_FETCH ||
	    ibuf_room(buf) < TLV_HEADER + NODE_LEN + n * SUM_LEN)
		return -1;
	ibuf_add_n8(buf, types[g->kind]);
	if (g->kind == DIGEST_SUMMARY)
		ibuf_add_n8(buf, SUM_LEN);
	else {
		ibuf_add_n8(buf, (uint8_t)(NODE_LEN + n * SUM_LEN));
		ibuf_add_n8(buf, g->level);
		ibuf_add_n16(buf, g->index);
	}
	for (i = 0; i < n; i++)
		ibuf_add_n64(buf, g->sums[i]);
	return 0;
}

int
wire_flood_add_neighbours(struct ibuf *buf, const struct neighbours *n)
{
	size_t len = 1 + n->n * ID_LEN;
	uint8_t i;

	if (n->n > NEIGHBOUR_IDS || ibuf_room(buf) < TLV_HEADER + len)
		return -1;
	ibuf_add_n8(buf, TLV_NEIGHBOURS);
	ibuf_add_n8(buf, (uint8_t)len);
	ibuf_add_n8(buf, n->operation);
	for (i = 0; i < n->n; i++)
		ibuf_add(buf, n->ids[i].octet, ID_LEN);
	return 0;
}

int
wire_flood_add_refusal(struct ibuf *buf, const struct refusal *r)
{
	struct refusal out = *r;
	size_t len;

	make_printable(out.text);
	len = strlen(out.text);
	if (ibuf_room(buf) < TLV_HEADER + 1 + len)
		return -1;
	ibuf_add_n8(buf, TLV_REFUSAL);
	ibuf_add_n8(buf, (uint8_t)(1 + len));
	ibuf_add_n8(buf, out.code);
	return ibuf_add(buf, out.text, len);
}

/* Later versions may append more. */
static const char *
get_hello(struct ibuf *body, struct hello *h)
{
	if (ibuf_get(body, h->id.octet, sizeof(h->id.octet)) == -1 ||
	    ibuf_get(body, h->key.octet, sizeof(h->key.octet)) == -1 ||
	    ibuf_get_n64(body, &h->run) == -1)
		return "short hello";
	if (router_id_is_none(&h->id))
		return "hello without a router id";
	h->is_signed = ibuf_get(body, h->signature.octet,
	    sizeof(h->signature.octet)) == 0;
	return NULL;
}

/* Operations of later versions are skipped. */
static enum flood_kind
get_neighbours(struct ibuf *body, struct flood_tlv *tlv)
{
	struct neighbours *n = &tlv->neighbours;

	if (ibuf_get_n8(body, &n->operation) == -1) {
		tlv->why = "short list of neighbours";
		return FLOOD_NEIGHBOURS;
	}
	if (n->operation > NEIGHBOURS_LESS)
		return FLOOD_UNKNOWN;
	while (n->n < NEIGHBOUR_IDS && ibuf_get(body, n->ids[n->n].octet,
	    ID_LEN) == 0)
		n->n++;
	if (ibuf_left(body) > 0)
		tlv->why = "list of neighbours with part of an id";
	return FLOOD_NEIGHBOURS;
}

/* Longer texts of later versions are cut. */
static const char *
get_refusal(struct ibuf *body, struct refusal *r)
{
	size_t len;

	if (ibuf_get_n8(body, &r->code) == -1)
		return "short refusal";
	len = ibuf_left(body);
	if (len > FLOOD_TEXT_MAX)
		len = FLOOD_TEXT_MAX;
	ibuf_get(body, r->text, len);
	for (; len > 0; len--)
		if (r->text[len - 1] == '\0')
			r->text[len - 1] = '?';
	make_printable(r->text);
	return NULL;
}

static void
make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static const char *
get_digest(struct ibuf *body, uint8_t type, struct digest *g)
{
	unsigned int	n = 1, i;

	g->kind = DIGEST_SUMMARY;
	if (type != TLV_SUMMARY) {
		g->kind = type == TLV_SUMS ? DIGEST_SUMS : DIGEST_FETCH;
		n = type == TLV_SUMS ? DIGEST_FANOUT : 0;
		if (ibuf_get_n8(body, &g->level) == -1 ||
		    ibuf_get_n16(body, &g->index) == -1)
			return "short digest";
		if (g->level > 4 || (uint32_t)g->index >> 4 * g->level != 0)
			return "digest of a node that cannot be";
	}
	for (i = 0; i < n; i++)
		if (ibuf_get_n64(body, &g->sums[i]) == -1)
			return "short digest";
	return NULL;
}

/* Version 1 has the low 16 bits. */
static int
get_seqno(struct ibuf *body, uint8_t type, uint64_t *seqno)
{
	uint16_t low;

	if (type != TLV_UPDATE)
		return ibuf_get_n64(body, seqno);
	if (ibuf_get_n16(body, &low) == -1)
		return -1;
	*seqno = low;
	return 0;
}

static const char *
get_update(struct ibuf *body, uint8_t type, struct update *update)
{
	size_t len;

	update->age = AGE_UNKNOWN;
	if (get_seqno(body, type, &update->seqno) == -1 ||
	    ibuf_get_n32(body, &update->lifetime) == -1 ||
	    (type != TLV_UPDATE &&
	    ibuf_get_n32(body, &update->age) == -1) ||
	    (type == TLV_COUNTED &&
	    ibuf_get_n8(body, &update->hops) == -1) ||
	    ibuf_get_n8(body, &update->keylen) == -1)
		return "short update";
	len = ibuf_left(body);
	if (update->keylen == 0)
		return "empty key";
	if (update->keylen > len)
		return "key runs past the end";
	/* Only an Update has room for more. */
	if (len > DATUM_MAX)
		return "too long";
	update->vallen = len - update->keylen;
	ibuf_get(body, update->data, len);
	return NULL;
}

static bool
fits(const struct update *update)
{
	return update->keylen > 0 &&
	    (size_t)update->keylen + update->vallen <= DATUM_MAX;
}
