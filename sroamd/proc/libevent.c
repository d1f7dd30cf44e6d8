/* SPDX-License-Identifier: ISC */
/* What libevent itself has to say goes to our log. */
#include <event2/event.h>

#include "common/log.h"
#include "proc/libevent.h"

static void	say(int, const char *);

void
libevent_init(void)
{
	event_set_log_callback(say);
}

/* Its functions fail as well, and who called them says so with a bound. */
static void
say(int severity, const char *text)
{
	(void)severity;
	log_debug("libevent: %s", text);
}
