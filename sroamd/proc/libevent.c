/* SPDX-License-Identifier: ISC */
/* Messages of libevent go to our log. */
#include <event2/event.h>

#include "common/log.h"
#include "proc/libevent.h"

static void	say(int, const char *);

void
libevent_init(void)
{
	event_set_log_callback(say);
}

/* Its functions also fail; their callers log that at a limited rate. */
static void
say(int severity, const char *text)
{
	(void)severity;
	log_debug("libevent: %s", text);
}
