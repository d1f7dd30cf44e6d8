/* SPDX-License-Identifier: ISC */
/*
 * Any text is either refused with a line in the log, or parses to a
 * configuration that is the same after it was printed and parsed again, with
 * its defaults or without them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "conf/conf.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static int	lines;

/* Lines of errors; a warning is "name:line: warning: ...". */
static void
count(int priority, const char *process, const char *text)
{
	const char *p = strchr(text, ':');

	(void)priority;
	(void)process;
	p = p == NULL ? text : p + 1 + strspn(p + 1, "0123456789");
	lines += strncmp(p, CONF_WARNS, sizeof(CONF_WARNS) - 1) != 0;
}

static char *
print(void (*fn)(const struct conf *, FILE *), const struct conf *conf)
{
	char *text = NULL;
	size_t len;
	FILE *fp;

	if ((fp = open_memstream(&text, &len)) == NULL)
		abort();
	fn(conf, fp);
	fclose(fp);
	return text;
}

static void
check_again(void (*fn)(const struct conf *, FILE *), const struct conf *conf)
{
	struct conf *again;
	char *first, *second;

	first = print(fn, conf);
	again = conf_parse_text("again", first, strlen(first), false);
	if (again == NULL)
		abort();
	second = print(fn, again);
	if (strcmp(first, second) != 0 || memcmp(&conf->global, &again->global,
	    sizeof(conf->global)) != 0)
		abort();
	free(first);
	free(second);
	conf_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *conf;

	log_to(count);
	lines = 0;
	conf = conf_parse_text("fuzz", (const char *)data, size, false);
	if ((conf == NULL) != (lines > 0))
		abort();
	if (conf == NULL)
		return 0;
	check_again(conf_print, conf);
	check_again(conf_print_changes, conf);
	conf_free(conf);
	return 0;
}
