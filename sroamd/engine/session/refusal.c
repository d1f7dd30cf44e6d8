/* SPDX-License-Identifier: ISC */
/* Sessions that one side refuses: the other's log says why. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/ibuf.h"
#include "common/log.h"
#include "engine/session/local.h"
#include "wire/flood.h"

/* For the other side's log, and for ours. */
static const struct {
	const char	*text, *why;
} codes[] = {
	[REFUSAL_DENIED] = { "denied by configuration",
	    "is denied by configuration" },
	[REFUSAL_UNKNOWN] = { "not a known router",
	    "is not a known router" },
	[REFUSAL_CLONE] = { "another router has this identity",
	    "has our identity, but is another router" },
	[REFUSAL_UNPROVEN] = { "identity not proven",
	    "does not prove its identity" },
	[REFUSAL_OTHER_KEY] = { "another public key for this id",
	    "has another public key than the router of its id" }
};

/*
 * It is no session any more, but is closed only when the peer has, or has had
 * time to read why.
 */
void
session_refuse(struct session *s, uint8_t code)
{
	struct refusal	r = { .code = code };
	struct ibuf	buf;
	uint8_t		room[FLOOD_TLV_MAX];

	strlcpy(r.text, codes[code].text, sizeof(r.text));
	ibuf_to(&buf, room, sizeof(room));
	wire_flood_add_refusal(&buf, &r);
	session_send(s, room, ibuf_len(&buf));
	s->refusal = code;
	s->is_refused = true;
	s->all->refused++;
	session_down(s, refusal_why(s));
}

const char *
refusal_why(const struct session *s)
{
	static char	text[96];

	if (router_id_is_none(&s->router))
		return codes[s->refusal].why;
	snprintf(text, sizeof(text), "router %s %s",
	    router_id_text(&s->router), codes[s->refusal].why);
	return text;
}

/*
 * One line a minute for each reason, since its text is the peer's; the text is
 * in the list of peers.
 */
void
refusal_take(struct session *s, const struct refusal *r)
{
	char	cause[RATELIMIT_CAUSE], why[sizeof(r->text) + 16];

	snprintf(cause, sizeof(cause), "%s: refusal %u", addr_text(&s->addr),
	    r->code);
	snprintf(why, sizeof(why), "refuses us: %s", r->text);
	if (ratelimits_pass(&s->all->no_session, cause, RATELIMIT_LOG,
	    clock_monotime()))
		log_info("peer %s port %u: %s", addr_text(&s->addr), s->port,
		    why);
	s->said_why = s->is_refused = true;
	session_close(s, why, false);
}
