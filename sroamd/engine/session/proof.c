/* SPDX-License-Identifier: ISC */
/*
 * That a session's other side is the router whose key it shows: it has signed
 * what only the two ends of this session know.
 */
#include <sodium.h>
#include <string.h>

#include "common/ibuf.h"
#include "engine/session/local.h"

#define PURPOSE		"sroam session"
#define TEXT_LEN	(sizeof(PURPOSE) - 1 + 1 + TLS_EXPORT_LEN)

/*
 * The role keeps a signature from being sent back on the session it is of;
 * libsodium refuses keys and signatures that fit more than one text.
 */
bool
proof_fits(const struct router_key *key, enum sign_role role,
    const uint8_t exporter[TLS_EXPORT_LEN],
    const struct router_signature *signature)
{
	struct ibuf	text;
	uint8_t		room[TEXT_LEN];

	ibuf_to(&text, room, sizeof(room));
	ibuf_add(&text, PURPOSE, sizeof(PURPOSE) - 1);
	ibuf_add_n8(&text, (uint8_t)role);
	ibuf_add(&text, exporter, TLS_EXPORT_LEN);
	return crypto_sign_verify_detached(signature->octet, room,
	    ibuf_len(&text), key->octet) == 0;
}
