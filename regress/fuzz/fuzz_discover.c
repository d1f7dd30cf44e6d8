/* SPDX-License-Identifier: ISC */
/*
 * Hellos of neighbours.  The first octet of an input says whether the rest is
 * a whole hello, or one to which the right MAC is added, since no fuzzer
 * guesses that.  An accepted one must be written again as it was.
 */
#include <string.h>

#include "fuzz_wire.h"
#include "wire/discover.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t none[DISCOVER_KEY];
	uint8_t key[DISCOVER_KEY], room[512], again[DISCOVER_LEN];
	struct discover b;
	struct ibuf buf, out;
	int r;

	if (len < 1 || len > sizeof(room) - 32)
		return 0;
	wire_hmac(none, "sroam neighbour", 15, key);
	memcpy(room, data + 1, len - 1);
	if (data[0] & 1) {
		wire_hmac(key, room, len - 1, room + len - 1);
		ibuf_from(&buf, room, len - 1 + 32);
	} else
		ibuf_from(&buf, room, len - 1);
	r = wire_discover_get(&buf, key, &b);
	CHECK(ibuf_left(&buf) == 0);
	if (r != 1)
		return 0;
	CHECK(!router_id_is_none(&b.id));
	ibuf_to(&out, again, sizeof(again));
	CHECK(wire_discover_add(&out, key, &b) == 0);
	CHECK(memcmp(again, room, DISCOVER_LEN) == 0);
	return 0;
}
