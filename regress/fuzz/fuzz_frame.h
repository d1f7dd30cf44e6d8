/* SPDX-License-Identifier: ISC */
/* Common to the harnesses of frames: from an input to a frame, parsed. */
#ifndef FUZZ_FRAME_H
#define FUZZ_FRAME_H

#include "fuzz_wire.h"
#include "wire/frame.h"

/* Headers in front of what is behind them; octets of the frame, 0: no room. */
typedef size_t fuzz_wrap(const uint8_t *, size_t, uint8_t *frame);

struct fuzz_frame {
	struct frame	 parsed;
	/* the input's, of its exact length */
	const uint8_t	*octets;
	size_t		 len;
	uint8_t		 space[FUZZ_FRAME_MAX];
};

/* False: the input makes no frame. */
static inline bool
fuzz_frame(struct fuzz_frame *f, const uint8_t *data, size_t len,
    fuzz_wrap *wrap, const struct link *link)
{
	if (len == 0)
		return false;
	f->octets = data + 1;
	f->len = len - 1;
	if (*data != 0) {
		f->len = wrap(data + 1, len - 1, f->space);
		f->octets = f->space;
		if (f->len == 0)
			return false;
	}
	wire_frame_parse(f->octets, f->len, link, &f->parsed);
	CHECK((f->parsed.kind == FRAME_MALFORMED) == (f->parsed.why != NULL));
	if (f->parsed.kind == FRAME_DHCP_SERVER)
		CHECK(addr_is_v4(&f->parsed.server) ||
		    addr_is_none(&f->parsed.server));
	if (f->parsed.kind == FRAME_DHCP6_SERVER)
		CHECK(!addr_is_v4(&f->parsed.server));
	if (f->parsed.kind == FRAME_RA)
		CHECK(!addr_is_v4(&f->parsed.server));
	return true;
}
#endif
