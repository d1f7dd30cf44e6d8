/* SPDX-License-Identifier: ISC */
/*
 * How the core acts on the world, and what it draws by chance: by the
 * functions that it was given.
 */
#include <stdarg.h>
#include <stdio.h>

#include "table/effect.h"
#include "table/state.h"

void
core_effect(struct core *core, const struct effect *e)
{
	core->ops.effect(core->ops.arg, e);
}

void
core_log(struct core *core, enum effect_level level, const char *fmt, ...)
{
	struct effect	e = { .type = EFFECT_LOG };
	char		text[256];
	va_list		ap;

	if (level == LEVEL_DEBUG && !core->verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e.log.level = level;
	e.log.text = text;
	core_effect(core, &e);
}

void
core_verbose(struct core *core, bool verbose)
{
	core->verbose = verbose;
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
	struct effect	e = { .type = EFFECT_NO_MEMORY, .no_memory = what };

	core_effect(core, &e);
}
