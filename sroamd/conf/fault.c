/* SPDX-License-Identifier: ISC */
/* A fault of a configuration: a text, and the record that it concerns. */
#include <stdarg.h>
#include <stdio.h>

#include "conf/fault.h"

static void	say(struct conf_check *, bool warning, const char *, va_list)
		    __attribute__((format(printf, 3, 0)));

void
conf_about(struct conf_check *c, enum conf_record record, size_t index)
{
	c->about.record = record;
	c->about.index = index;
	c->about.member = 0;
}

void
conf_about_global(struct conf_check *c, const void *member)
{
	conf_about(c, RECORD_GLOBAL, 0);
	c->about.member = (size_t)((const char *)member -
	    (const char *)&c->conf->global);
}

void
conf_about_network(struct conf_check *c, const struct conf_network *net,
    const void *member)
{
	conf_about(c, RECORD_NETWORK, (size_t)(net - c->conf->networks));
	c->about.member = (size_t)((const char *)member - (const char *)net);
}

void
conf_fault(struct conf_check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, false, fmt, ap);
	va_end(ap);
}

void
conf_warning(struct conf_check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(c, true, fmt, ap);
	va_end(ap);
}

static void
say(struct conf_check *c, bool warning, const char *fmt, va_list ap)
{
	vsnprintf(c->about.text, sizeof(c->about.text), fmt, ap);
	c->about.warning = warning;
	c->fn(c->arg, &c->about);
}
