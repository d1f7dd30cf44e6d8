/* SPDX-License-Identifier: ISC */
/*
 * Effects, log lines and random numbers: the functions that the core was given.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/effect.h"
#include "table/state.h"

void
core_effect(struct core *core, enum effect_type type, const void *data,
    size_t len)
{
	struct effect	e = { .type = type, .len = len, { data } };

	core->ops.effect(core->ops.arg, &e);
}

void
core_log(struct core *core, enum effect_level level, const char *fmt, ...)
{
	char			text[256];
	struct effect_log	line = { level, fmt, text };
	va_list			ap;

	if (level == LEVEL_DEBUG && !core->verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	core_effect(core, EFFECT_LOG, &line, sizeof(line));
}

void
core_verbose(struct core *core, bool verbose)
{
	core->verbose = verbose;
}

void
core_listen(struct core *core, bool listened)
{
	core->listened = listened;
}

int
core_random_ms(struct core *core, int min, int max)
{
	if (max <= min)
		return min;
	return min + (int)(core->ops.random(core->ops.arg) %
	    (uint32_t)(max - min + 1));
}

void
core_no_memory(struct core *core, const char *what)
{
	core_effect(core, EFFECT_NO_MEMORY, what, strlen(what));
}
