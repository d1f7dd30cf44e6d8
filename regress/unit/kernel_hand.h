/* SPDX-License-Identifier: ISC */
/*
 * For tests of what another hand does in the kernel: its commands, and ops
 * that take no notice of what the kernel tells.
 */
#ifndef REGRESS_KERNEL_HAND_H
#define REGRESS_KERNEL_HAND_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel/kernel.h"

/* A command: its exit status. */
static int __attribute__((format(printf, 1, 2)))
sh(const char *fmt, ...)
{
	char cmd[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

static void
on_link(void *arg, const struct link *l)
{
	(void)arg;
	(void)l;
}

static void
on_sighting(void *arg, const struct sighting *s)
{
	(void)arg;
	(void)s;
}

static void
on_adopt(void *arg, const struct route *r)
{
	(void)arg;
	(void)r;
}

static void
on_route(void *arg, const struct prefix *p)
{
	(void)arg;
	(void)p;
}

static const struct kernel_ops ops = { .link = on_link,
    .sighting = on_sighting, .adopt = on_adopt, .route = on_route };
#endif
