/* SPDX-License-Identifier: ISC */
/*
 * Pairs of files in regress/config: x.in parses to what x.ok says, or fails
 * with the lines of x.err, or warns with those of x.warn.  What is as by
 * default is said in defaults.ok alone.  CONFIG_UPDATE=1 writes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/field.h"
#include "conf/setting.h"
#include "own_copy.h"
#include "stub_log.h"

/* The least that a daemon needs. */
#define LISTEN	"listen on * no tls\n"

static char		*slurp(const char *);
static char		*print(const struct conf *);
static char		*print_by(void (*)(const struct conf *, FILE *),
			    const struct conf *);
static void		 compare_with(const char *, const char *);
static void		 parse_again(const char *, const char *);
static struct conf	*parse(const char *);

static char *
slurp(const char *path)
{
	char *text = calloc(1, 262144);
	FILE *fp;

	assert_non_null(text);
	if ((fp = fopen(path, "r")) == NULL) {
		free(text);
		return NULL;
	}
	assert_in_range(fread(text, 1, 262143, fp), 0, 262142);
	fclose(fp);
	return text;
}

static char *
print(const struct conf *conf)
{
	return print_by(conf_print, conf);
}

static char *
print_by(void (*fn)(const struct conf *, FILE *), const struct conf *conf)
{
	char *text = NULL;
	size_t len;
	FILE *fp;

	assert_non_null(fp = open_memstream(&text, &len));
	fn(conf, fp);
	assert_int_equal(fclose(fp), 0);
	return text;
}

static struct conf *
parse(const char *text)
{
	stub_log_clear();
	return conf_parse_text("test", text, strlen(text), false);
}

/* text: the result; the file: the expected one. */
static void
compare_with(const char *path, const char *text)
{
	char *expected;
	FILE *fp;

	if (getenv("CONFIG_UPDATE") != NULL) {
		assert_non_null(fp = fopen(path, "w"));
		fputs(text, fp);
		assert_int_equal(fclose(fp), 0);
	}
	if ((expected = slurp(path)) == NULL)
		fail_msg("no %s, but the parser says:\n%s", path, text);
	assert_string_equal(text, expected);
	free(expected);
}

/*
 * The text is the whole of `all`, or the part that differs from the defaults.
 */
static void
parse_again(const char *text, const char *all)
{
	struct conf *conf;
	char *again;

	if ((conf = parse(text)) == NULL)
		fail_msg("printed text does not parse: %s", stub_log_text());
	again = print(conf);
	assert_string_equal(again, all);
	free(again);
	conf_free(conf);
}

static void
files_parse_or_fail_as_expected(void **state)
{
	glob_t files;
	char other[256], warn[256], *text, *all;
	struct conf *conf;
	size_t i, len;

	(void)state;
	assert_int_equal(glob("regress/config/*.in", 0, NULL, &files), 0);
	assert_in_range(files.gl_pathc, 10, 1000);
	for (i = 0; i < files.gl_pathc; i++) {
		len = strlen(files.gl_pathv[i]) - 2;
		stub_log_clear();
		own_copy_enter();
		conf = conf_parse(files.gl_pathv[i]);
		own_copy_leave();
		snprintf(other, sizeof(other), "%.*s%s", (int)len,
		    files.gl_pathv[i], conf == NULL ? "err" : "ok");
		if (conf == NULL) {
			compare_with(other, stub_log_text());
			continue;
		}
		snprintf(warn, sizeof(warn), "%.*swarn", (int)len,
		    files.gl_pathv[i]);
		if (stub_log_text()[0] != '\0' || access(warn, F_OK) == 0)
			compare_with(warn, stub_log_text());
		all = print(conf);
		text = print_by(conf_print_changes, conf);
		compare_with(other, strstr(other, "defaults") != NULL ? all :
		    text);
		parse_again(all, all);
		parse_again(text, all);
		free(text);
		free(all);
		conf_free(conf);
	}
	globfree(&files);
}

static void
the_example_in_etc_parses(void **state)
{
	struct conf *conf;

	(void)state;
	stub_log_clear();
	own_copy_enter();
	conf = conf_parse("etc/sroamd.conf");
	own_copy_leave();
	if (conf == NULL)
		fail_msg("%s", stub_log_text());
	assert_int_not_equal(conf->nifaces, 0);
	conf_free(conf);
}

/* Every literal display of the section EXAMPLES is a whole file. */
static void
the_examples_of_the_man_page_parse(void **state)
{
	char *page = slurp("man/sroamd.conf.5"), *p, *end;
	struct conf *conf;
	int n = 0;

	(void)state;
	assert_non_null(page);
	assert_non_null(p = strstr(page, ".Sh EXAMPLES"));
	while ((p = strstr(p, ".Bd -literal")) != NULL) {
		assert_non_null(p = strchr(p, '\n'));
		assert_non_null(end = strstr(p, "\n.Ed"));
		*end = '\0';
		if ((conf = parse(p)) == NULL)
			fail_msg("example %d: %s", n + 1, stub_log_text());
		assert_int_not_equal(conf->npeers + conf->nlistens, 0);
		conf_free(conf);
		p = end + 1;
		n++;
	}
	assert_in_range(n, 2, 10);
	free(page);
}

/* What the manual says of a statement, as far as the next one; or fail. */
static char *
entry_of(const char *page, const char *section, const char *name)
{
	const char *p, *end, *other;
	char item[80];

	assert_non_null(p = strstr(page, section));
	snprintf(item, sizeof(item), "\n.It Ic %s", name);
	while ((p = strstr(p, item)) != NULL &&
	    strchr(" \n", p[strlen(item)]) == NULL)
		p++;
	if (p == NULL)
		fail_msg("man/sroamd.conf.5 lacks %s", item + 1);
	assert_non_null(end = strstr(p, "\n.Sh "));
	if ((other = strstr(p + 1, "\n.It Ic ")) != NULL && other < end)
		end = other;
	return strndup(p, end - p);
}

static void
assert_says(const char *entry, const char *name, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (strstr(entry, text) == NULL)
		fail_msg("man/sroamd.conf.5, %s: \"%s\" expected in:%s", name,
		    text, entry);
}

/* Default, range, words and how many fit, as the row has them. */
static void
check_entry(const char *entry, const struct conf_field *f, const void *base)
{
	const void *at = conf_field_const(f, base, 0);
	const struct conf_word *w;
	char min[24];

	if (f->fit > 1)
		assert_says(entry, f->name, "%u", f->fit);
	else if (conf_setting_unset(f, at))
		assert_says(entry, f->name, "\nDefault: ");
	else if (f->flags & CONF_JOINED)
		assert_says(entry, f->name, "%s %s;", f->name,
		    conf_setting_text(f, at));
	else
		assert_says(entry, f->name, "\nDefault: %s",
		    conf_setting_text(f, at));
	for (w = f->words; w != NULL && w->name != NULL; w++)
		assert_says(entry, f->name, "%s", w->name);
	if (f->words != NULL || f->max == 0)
		return;
	if (conf_setting_is_text(f)) {
		assert_says(entry, f->name, "%u octets at most", f->max);
		return;
	}
	strlcpy(min, conf_number_text(f, f->min), sizeof(min));
	assert_says(entry, f->name, "%s to %s", min,
	    conf_number_text(f, f->max));
}

static void
check_entries(const char *page, const char *section, unsigned int tables,
    bool in_block, const void *const *base)
{
	const struct conf_field *f;
	const char *fixed, *end;
	char *entry = NULL, name[64];
	bool said;

	assert_non_null(fixed = strstr(page, "\nA reload cannot change\n"));
	assert_non_null(end = strstr(fixed, "\n.Sh "));
	CONF_FIELD_FOREACH(f, tables) {
		if ((f->flags & CONF_HIDDEN) ||
		    ((f->flags & CONF_IN_BLOCK) != 0) != in_block)
			continue;
		if (!(f->flags & CONF_JOINED)) {
			free(entry);
			entry = entry_of(page, section, f->name);
		}
		check_entry(entry, f, base[f->table]);
		snprintf(name, sizeof(name), "\n.Ic %s", f->name);
		said = strnstr(fixed, name, end - fixed) != NULL;
		if (said != ((f->flags & CONF_FIXED) != 0))
			fail_msg("man/sroamd.conf.5: a reload and %s", f->name);
	}
	free(entry);
}

static void
the_man_page_says_what_the_rows_say(void **state)
{
	char *page = slurp("man/sroamd.conf.5");
	struct conf_iface iface = { .name = "roam0" };
	const void *base[CONF_TABLES];
	struct conf *conf;

	(void)state;
	assert_non_null(page);
	assert_non_null(conf = conf_new());
	conf_field_defaults(CONF_IFACE, &iface);
	base[CONF_GLOBAL] = &conf->global;
	base[CONF_NETWORK] = &conf->networks[0];
	base[CONF_IFACE] = &iface;
	check_entries(page, "\n.Sh ADDRESSES", CONF_TOP, false, base);
	check_entries(page, "\nThe options are:", CONF_IN(CONF_IFACE), false,
	    base);
	check_entries(page, "\n.Sh NETWORKS", CONF_IN(CONF_NETWORK), true,
	    base);
	conf_free(conf);
	free(page);
}

/* Not even where it stands wrong. */
static void
a_tls_secret_is_not_logged(void **state)
{
	static const char *const rows[] = {
		"tls psk \"hush, quiet\"\n",
		"tls psk \"hush, quiet, this is long enough\" x\n",
		"tls \"hush, quiet, this is long enough\"\n",
		"tls psk psk \"hush, quiet, this is long enough\"\n",
		"tls ca \"/a\" cert \"/b\" key \"/c\"\n"
		    "tls psk \"hush, quiet, this is long enough\"\n"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(parse(rows[i]));
		assert_non_null(strstr(stub_log_text(), "tls"));
		if (strstr(stub_log_text(), "hush") != NULL)
			fail_msg("%s%s", rows[i], stub_log_text());
	}
}

/* Words that begin a statement or an option, or that are behind `limit`. */
static void
what_would_be_right_is_listed(void **state)
{
	static const struct {
		const char	*text, *begins;
		unsigned int tables;
	} rows[] = {
		{ "nonsense\n", NULL, CONF_TOP },
		{ "interface a {\n\tnonsense\n}\n", NULL, CONF_IN(CONF_IFACE) },
		{ "interface a {\n\tprefix 10.0.0.0/8\n}\n", NULL,
		    CONF_IN(CONF_IFACE) },
		{ "limit nonsense 5\n", "limit", CONF_TOP },
		{ "router nonsense 5\n", "router", CONF_TOP },
	};
	const struct conf_field *f;
	char word[32];
	const char *p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(parse(rows[i].text));
		CONF_FIELD_FOREACH(f, rows[i].tables) {
			p = f->name;
			if ((f->flags & (CONF_JOINED | CONF_HIDDEN)) ||
			    (rows[i].begins != NULL &&
			    !conf_field_is(f, rows[i].begins)))
				continue;
			if (rows[i].begins != NULL)
				p += strlen(rows[i].begins) + 1;
			snprintf(word, sizeof(word), "%.*s",
			    (int)strcspn(p, " "), p);
			if (strstr(stub_log_text(), word) == NULL)
				fail_msg("%s lacks %s", stub_log_text(), word);
		}
	}
}

static void
macros_of_the_command_line_win_and_stay(void **state)
{
	const char *text = "core = 10.0.0.9\npeer $core no tls\n";
	struct conf *conf;
	struct addr addr;
	int i;

	(void)state;
	assert_int_equal(conf_define("nothing"), -1);
	assert_int_equal(conf_define("=value"), -1);
	assert_int_equal(conf_define("a-b=value"), -1);
	assert_int_equal(conf_define("a=line\nline"), -1);
	assert_int_equal(conf_define("core=10.0.0.1"), 0);
	assert_int_equal(addr_parse("10.0.0.1", &addr), 0);
	for (i = 0; i < 2; i++) {
		assert_non_null(conf = parse(text));
		assert_int_equal(addr_cmp(&conf->peers[0].addr, &addr), 0);
		conf_free(conf);
	}
	assert_int_equal(conf_define("core=10.0.0.2"), 0);
	assert_int_equal(addr_parse("10.0.0.2", &addr), 0);
	assert_non_null(conf = parse(text));
	assert_int_equal(addr_cmp(&conf->peers[0].addr, &addr), 0);
	conf_free(conf);
}

static void
macros_of_a_file_end_with_it(void **state)
{
	struct conf *conf;

	(void)state;
	assert_non_null(conf = parse("here = 192.168.0.0/24\nprefix $here\n"
	    LISTEN));
	conf_free(conf);
	assert_null(parse("prefix $here\n"));
	assert_string_equal(stub_log_text(), "test:1: macro here is not "
	    "defined, write here = \"value\" in a line above\n");
}

static void
an_include_is_refused_where_it_may_not_be(void **state)
{
	(void)state;
	assert_null(parse("include \"/etc/passwd\"\n"));
	assert_string_equal(stub_log_text(),
	    "test:1: include /etc/passwd: not allowed here\n");
}

static void
a_missing_file_is_named(void **state)
{
	(void)state;
	stub_log_clear();
	assert_null(conf_parse("/nonexistent/sroamd.conf"));
	assert_string_equal(stub_log_text(),
	    "/nonexistent/sroamd.conf: No such file or directory\n");
	stub_log_clear();
	assert_null(conf_parse("/"));
	assert_string_equal(stub_log_text(), "/: Is a directory\n");
}

static void
what_is_not_written_is_the_default(void **state)
{
	struct conf *conf, *defaults;

	(void)state;
	assert_non_null(conf = parse(LISTEN));
	assert_non_null(defaults = conf_new());
	assert_memory_equal(&conf->global, &defaults->global,
	    sizeof(conf->global));
	assert_int_equal(conf->nlistens, 1);
	assert_int_equal(conf->npeers + conf->nifaces, 0);
	conf_free(conf);
	conf_free(defaults);
}

/* SHA-256 of "abc", FIPS 180-4. */
static void
the_network_key_is_hashed(void **state)
{
	struct conf *conf;
	char *text;

	(void)state;
	assert_non_null(conf = parse("network key abc\n" LISTEN));
	text = print(conf);
	assert_non_null(strstr(text, "network key hex:ba7816bf8f01cfea414140de"
	    "5dae2223b00361a396177a9cb410ff61f20015ad\n"));
	parse_again(text, text);
	free(text);
	conf_free(conf);
}

/* No text is shown that an operator keeps to himself. */
static void
a_bad_network_key_is_not_logged(void **state)
{
	(void)state;
	assert_null(parse("network key hex:deadbeef\n"));
	assert_string_equal(stub_log_text(), "test:1: network key: write 64 "
	    "hexadecimal digits behind hex:\n");
}

static void
more_records_than_fit_are_refused_with_the_limit(void **state)
{
	static const struct {
		const char	*fmt, *before, *after, *error;
		int		 fit;
	} rows[] = {
		{ "prefix 10.%d.0.0/16\n", LISTEN, "",
		    "prefix 10.16.0.0/16: at most 16 fit\n", CONF_PREFIXES },
		{ "nameserver 10.0.0.1%d\n", LISTEN, "",
		    "nameserver 10.0.0.18: at most 8 fit\n",
		    CONF_NAMESERVERS },
		{ "listen on * port 5%03d no tls\n", "", "",
		    "listen on *: at most 64 fit\n", CONF_LISTENS },
		{ "peer 10.0.0.1 port 5%03d no tls\n", "limit peers 2000\n", "",
		    "peer 10.0.0.1: at most 1024 fit\n", CONF_PEERS },
		{ "interface eth%d\n", "prefix 10.0.0.0/8\n", "",
		    "interface eth256: at most 256 fit\n", CONF_IFACES },
		{ " p%d", "prefix 10.0.0.0/8\ninterface a { stations bridge "
		    "on {", "} }", "stations on p16: at most 16 fit\n",
		    CONF_PORTS },
		{ " 10.0.0.1%d", "prefix 10.0.0.0/8\ninterface a { address {",
		    "} }", "address 10.0.0.18: at most 8 fit\n", CONF_ADDRS },
	};
	static char text[65536];
	struct conf *conf;
	size_t row;
	int i, over;

	(void)state;
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		for (over = 0; over < 2; over++) {
			FILE *fp = fmemopen(text, sizeof(text), "w");

			fputs(rows[row].before, fp);
			for (i = 0; i < rows[row].fit + over; i++)
				fprintf(fp, rows[row].fmt, i);
			fputs(rows[row].after, fp);
			fputc('\n', fp);
			fclose(fp);
			conf = parse(text);
			if (over == 0 && conf == NULL)
				fail_msg("%s", stub_log_text());
			if (over == 1 && (conf != NULL ||
			    strstr(stub_log_text(), rows[row].error) == NULL))
				fail_msg("row %zu: %s", row, stub_log_text());
			conf_free(conf);
		}
	}
}

#define FLAT	"prefix 192.168.44.0/24\ninterface a { address 192.168.44.1 }\n"
#define MOVED	"prefix 192.168.45.0/24\n" \
	"interface b {\naddress 192.168.45.1\n}\n"

/* Two gateways: faulty, and the rest, to which what is proposed is added. */
static const struct {
	const char	*faulty, *rest, *proposed;
	size_t		 networks;
} splits[] = {
	{ FLAT MOVED, FLAT,
	    "network \"guest\" {\n"
	    "\tprefix 192.168.45.0/24\n"
	    "\tinterface \"b\" {\n"
	    "\t\taddress 192.168.45.1/32\n"
	    "\t}\n"
	    "}\n", 2 },
	/* What was said of all holds in both; of addresses, where they are. */
	{ FLAT "nameserver 192.168.44.53\nlease time 2h\n"
	    "range 192.168.44.10 to 192.168.44.99\n"
	    "option 66 text \"tf\\\"tp\"\n"
	    "host x lladdr 02:00:00:00:00:01 address 192.168.44.9\n"
	    "prefix { 192.168.45.0/24, 2001:db8:44::/48, 2001:db8:45::/48 }\n"
	    "range 192.168.45.10 to 192.168.45.99\n"
	    "exclude 192.168.45.50\n"
	    "host y lladdr 02:00:00:00:00:02 address 192.168.45.9 prefix "
	    "2001:db8:44:7::/64\n"
	    "interface b {\nstations nl80211 on { w1, w2 }\n"
	    "lladdr 02:00:5e:00:53:45\nisolated yes\n"
	    "address { 192.168.45.1, 2001:db8:45::1, fe80::44 }\n}\n",
	    FLAT "nameserver 192.168.44.53\nprefix 2001:db8:44::/48\n",
	    "network \"guest\" {\n"
	    "\tlease time 2h\n"
	    "\tprefix 192.168.45.0/24\n"
	    "\tprefix 2001:db8:45::/48\n"
	    "\tnameserver 192.168.44.53\n"
	    "\trange 192.168.45.10 to 192.168.45.99\n"
	    "\texclude 192.168.45.50\n"
	    "\toption 66 hex 7466227470\n"
	    "\thost \"y\" lladdr 02:00:00:00:00:02 address 192.168.45.9\n"
	    "\tinterface \"b\" {\n"
	    "\t\tstations nl80211 on { \"w1\", \"w2\" }\n"
	    "\t\tlladdr 02:00:5e:00:53:45\n"
	    "\t\tisolated yes\n"
	    "\t\taddress 192.168.45.1/32\n"
	    "\t\taddress 2001:db8:45::1/64\n"
	    "\t\taddress fe80::44/64\n"
	    "\t}\n"
	    "}\n", 2 },
	/* In a block; and the name is taken. */
	{ "network guest {\nreach unnamed\n" FLAT MOVED "}\n",
	    "network guest {\nreach unnamed\n" FLAT "}\n",
	    "network \"guest2\" {\n"
	    "\tprefix 192.168.45.0/24\n"
	    "\treach \"unnamed\"\n"
	    "\tinterface \"b\" {\n"
	    "\t\taddress 192.168.45.1/32\n"
	    "\t}\n"
	    "}\n", 3 },
	/* Two at once. */
	{ FLAT MOVED "network lab {\nprefix { 10.0.0.0/24, 10.0.1.0/24 }\n"
	    "interface c { address 10.0.0.1 }\n"
	    "interface d { address 10.0.1.1 }\n}\n",
	    FLAT "network lab {\nprefix 10.0.0.0/24\n"
	    "interface c { address 10.0.0.1 }\n}\n",
	    "network \"guest\" {\n"
	    "\tprefix 192.168.45.0/24\n"
	    "\tinterface \"b\" {\n"
	    "\t\taddress 192.168.45.1/32\n"
	    "\t}\n"
	    "}\n"
	    "network \"guest2\" {\n"
	    "\tprefix 10.0.1.0/24\n"
	    "\tinterface \"d\" {\n"
	    "\t\taddress 10.0.1.1/32\n"
	    "\t}\n"
	    "}\n", 4 }
};

static void
gateways_in_two_prefixes_have_a_block_to_paste(void **state)
{
	char text[4096], *proposed = NULL;
	struct conf *conf;
	size_t i, len;
	FILE *fp;

	(void)state;
	for (i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		assert_non_null(fp = open_memstream(&proposed, &len));
		conf_propose_to(fp);
		assert_null(parse(splits[i].faulty));
		conf_propose_to(NULL);
		assert_int_equal(fclose(fp), 0);
		assert_non_null(strstr(stub_log_text(), "interface b: its "
		    "gateway is in 192.168.45.0/24, that of a in "
		    "192.168.44.0/24"));
		assert_string_equal(proposed, splits[i].proposed);
		snprintf(text, sizeof(text), "%s%s", splits[i].rest, proposed);
		if ((conf = parse(text)) == NULL)
			fail_msg("%s: %s", text, stub_log_text());
		assert_int_equal(conf->nnetworks, splits[i].networks);
		conf_free(conf);
		free(proposed);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_parse_or_fail_as_expected),
		cmocka_unit_test(the_example_in_etc_parses),
		cmocka_unit_test(the_examples_of_the_man_page_parse),
		cmocka_unit_test(the_man_page_says_what_the_rows_say),
		cmocka_unit_test(a_tls_secret_is_not_logged),
		cmocka_unit_test(what_would_be_right_is_listed),
		cmocka_unit_test(macros_of_the_command_line_win_and_stay),
		cmocka_unit_test(macros_of_a_file_end_with_it),
		cmocka_unit_test(an_include_is_refused_where_it_may_not_be),
		cmocka_unit_test(
		    gateways_in_two_prefixes_have_a_block_to_paste),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(what_is_not_written_is_the_default),
		cmocka_unit_test(the_network_key_is_hashed),
		cmocka_unit_test(a_bad_network_key_is_not_logged),
		cmocka_unit_test(more_records_than_fit_are_refused_with_the_limit),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	stub_log_clear();
	own_copy_remove();
	return failed;
}
