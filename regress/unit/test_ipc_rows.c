/* SPDX-License-Identifier: ISC */
/*
 * The rows of the messages against the structs: every octet has a row but
 * padding, and every row is applied: a valid message with one field beyond its
 * limits is refused, for each field and each element, and with the limit
 * itself it is accepted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/rows.h"
#include "ipc_samples.h"
#include "packed.h"

#define OCTETS		1024		/* of the longest element */
#define VALUES		80

/* Values that a field may have, or may not. */
struct values {
	uint8_t	octets[VALUES][OCTETS];
	size_t	n;
};

/* Addresses and names that a rule permits, or does not. */
struct value {
	enum ipc_rule	rule;
	bool		good;
	uint8_t		octets[24];
};

#define A4(a, b, c, d)	[10] = 0xff, 0xff, a, b, c, d
#define A4LEN(a, d, l)	[10] = 0xff, 0xff, a, 0, 0, d, l
#define A6(a, b, z)	a, b, [15] = z
#define A6LEN(a, b, l)	a, b, [16] = l

static const struct value table[] = {
	{ RULE_STATION, true, { 2, 0, 0, 0, 0, 1 } },
	{ RULE_STATION, true, { 0, 0, 0, 0, 0, 1 } },
	{ RULE_STATION, false, { 1 } },
	{ RULE_STATION, false, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ RULE_LLADDR, true, { 2, 0, 0, 0, 0, 1 } },
	{ RULE_LLADDR, true, { 0 } },
	{ RULE_LLADDR, false, { 1 } },
	{ RULE_LLADDR, false, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ RULE_V4, true, { A4(10, 0, 0, 1) } },
	{ RULE_V4, true, { A4(0, 0, 0, 0) } },
	{ RULE_V4, true, { A4(255, 255, 255, 255) } },
	{ RULE_V4, false, { A6(0x20, 1, 1) } },
	{ RULE_V4, false, { [10] = 0xff, 0xfe, 10 } },
	{ RULE_V6, true, { A6(0x20, 1, 1) } },
	{ RULE_V6, false, { A4(10, 0, 0, 1) } },
	{ RULE_UNICAST, true, { A6(0x20, 1, 1) } },
	{ RULE_UNICAST, true, { A4(223, 255, 255, 255) } },
	{ RULE_UNICAST, false, { A4(224, 0, 0, 0) } },
	{ RULE_UNICAST, false, { A4(239, 255, 255, 255) } },
	{ RULE_UNICAST, false, { A6(0xff, 2, 1) } },
	{ RULE_UNICAST6, true, { A6(0xfe, 0x80, 1) } },
	{ RULE_UNICAST6, false, { A6(0xff, 2, 1) } },
	{ RULE_UNICAST6, false, { A4(10, 0, 0, 1) } },
	{ RULE_LINKLOCAL, true, { A6(0xfe, 0x80, 1) } },
	{ RULE_LINKLOCAL, true, { A6(0xfe, 0xbf, 1) } },
	{ RULE_LINKLOCAL, false, { A6(0xfe, 0xc0, 1) } },
	{ RULE_LINKLOCAL, false, { A4(169, 254, 0, 1) } },
	{ RULE_LEASE, true, { A4LEN(10, 1, 128) } },
	{ RULE_LEASE, true, { A6LEN(0x20, 1, DELEGATED_SHORTEST) } },
	{ RULE_LEASE, true, { A6LEN(0x20, 1, DELEGATED_LONGEST) } },
	{ RULE_LEASE, false, { A4LEN(10, 0, 127) } },
	{ RULE_LEASE, false, { A4LEN(224, 1, 128) } },
	{ RULE_LEASE, false, { A6LEN(0x20, 1, DELEGATED_SHORTEST - 1) } },
	{ RULE_LEASE, false, { A6LEN(0x20, 1, DELEGATED_LONGEST + 1) } },
	{ RULE_LEASE, false, { A6LEN(0xff, 2, 64) } },
	{ RULE_LEASE, false, { A6LEN(0, 0, 64) } },
	{ RULE_LEASE, false, { 0x20, 1, [15] = 1, 64 } },
	{ RULE_GATEWAY, true, { A4LEN(10, 1, 96) } },
	{ RULE_GATEWAY, true, { A4LEN(10, 1, 128) } },
	{ RULE_GATEWAY, true, { A6(0xfe, 0x80, 1), 0 } },
	{ RULE_GATEWAY, true, { A6(0xfe, 0x80, 1), 128 } },
	{ RULE_GATEWAY, false, { A4LEN(10, 1, 95) } },
	{ RULE_GATEWAY, false, { A6(0xfe, 0x80, 1), 129 } },
	{ RULE_GATEWAY, false, { A6(0xff, 2, 1), 64 } },
	{ RULE_GATEWAY, false, { A6(0, 0, 0), 64 } },
	{ RULE_ROUTER, true, { [7] = 1 } },
	{ RULE_NAME, true, "a" },
	{ RULE_NAME, true, "abcdefghi.klmno" },
	{ RULE_NAME, false, "." },
	{ RULE_NAME, false, ".." },
	{ RULE_NAME, false, "a/b" },
	{ RULE_NAME, false, "a b" },
	{ RULE_NAME, false, "a\n" },
	{ RULE_NAME, true, "w\xc3\x9fn" },
	{ RULE_NAME, false, "w\x9bn" },
	{ RULE_NAME, false, "w\xc2\x9bn" },
	{ RULE_NAME, false, "abcdefghijklmnop" },
};

static bool
zero_breaks(const struct ipc_field *f)
{
	switch (f->rule) {
	case RULE_NUMBER:
	case RULE_PREFIX:
	case RULE_TEXT:
		return f->min > 0 && !f->none;
	case RULE_ONE_OF:
		return !(f->set & 1) && !f->none;
	case RULE_ANY:
	case RULE_ZERO:
	case RULE_FLAG:
	case RULE_COUNT:
	case RULE_LLADDR:
	case RULE_SETTING:
		return false;
	default:
		return !f->none;
	}
}

static void
add(struct values *v, const void *octets, size_t len)
{
	assert_true(v->n < VALUES && len <= OCTETS);
	memset(v->octets[v->n], 0, OCTETS);
	memcpy(v->octets[v->n++], octets, len);
}

static void
add_number(struct values *v, const struct ipc_field *f, uint64_t n)
{
	add(v, &n, f->size);		/* of a little end */
}

static uint64_t
ones(const struct ipc_field *f)
{
	return f->size >= 8 ? UINT64_MAX : (UINT64_C(1) << f->size * 8) - 1;
}

static void
add_range(struct values *v, const struct ipc_field *f, bool good,
    uint64_t min, uint64_t max)
{
	if (good) {
		add_number(v, f, min);
		add_number(v, f, max < ones(f) ? max : ones(f));
		return;
	}
	if (min > 1)
		add_number(v, f, min - 1);
	if (max < ones(f)) {
		add_number(v, f, max + 1);
		add_number(v, f, ones(f));
	}
}

/* By octets, as UTF-8, and as longer UTF-8 than is right. */
static const char *const controls[] = {
	"\x1b[2J", "\x7f", "a\x9b" "2J", "\xc2\x9b" "2J", "\x80", "\x9f",
	"\xc2\x80", "\xc2\x9f", "\xe2\x9b", "\xc0\x9b", "\xe0\x82\x9b",
	"\xf0\x80\x82\x9b", "\xc2\xc2\x9b", "\xc3\x9f\x9f"
};

static void
add_text(struct values *v, const struct ipc_field *f, bool good)
{
	uint8_t text[OCTETS];
	size_t i;

	memset(text, 'x', sizeof(text));
	if (good) {
		text[f->size - 1] = '\0';
		add(v, text, f->size);
		text[f->min == 0 ? 1 : f->min] = '\0';
		add(v, text, f->size);
		memcpy(text, "\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\xa0\xff",
		    f->size < 11 ? f->size : 11);
		if (f->size > 11 && f->min < 11)
			add(v, text, 11);
		return;
	}
	add(v, text, f->size);			/* without end */
	for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (strlen(controls[i]) < f->size)
			add(v, controls[i], strlen(controls[i]) + 1);
	if (f->min > 1) {
		text[f->min - 1] = '\0';
		add(v, text, f->size);
	}
}

static void
add_prefix(struct values *v, const struct ipc_field *f, bool good)
{
	struct prefix p, v4 = { { { A4(10, 0, 0, 0) } }, V4_PLEN };
	uint64_t len[2] = { f->min, f->max };
	int i;

	for (i = 0; i < 2; i++) {
		memset(&p, 0x21, sizeof(p));
		p.len = len[i] + (good ? 0 : i == 0 ? -1 : 1);
		if (!good && i == 0 && f->min < 2)
			continue;
		if (p.len <= 128)
			prefix_mask(&p);
		add(v, &p, sizeof(p));
	}
	if (!good) {
		add(v, &v4, sizeof(v4));	/* 10.0.0.0/0 */
		v4.len--;
		add(v, &v4, sizeof(v4));
		p.len = f->min;
		memset(&p.addr, 0xff, sizeof(p.addr));
		if (p.len < 128)
			add(v, &p, sizeof(p));
	}
}

static void
add_set(struct values *v, const struct ipc_field *f, bool good)
{
	uint64_t n;

	for (n = 1; n < 64; n++)
		if ((f->set >> n & 1) == good)
			add_number(v, f, n);
	if (!good) {
		add_number(v, f, 64);
		add_number(v, f, ones(f));
	}
}

/* Valid values, the first not zero if possible; or wrong ones. */
static void
values(struct values *v, const struct ipc_field *f, bool good)
{
	static const uint8_t zero[OCTETS];
	size_t i;

	v->n = 0;
	switch (f->rule) {
	case RULE_NUMBER:
		add_range(v, f, good, f->min, f->max);
		break;
	case RULE_ZERO:
		add_range(v, f, good, 0, 0);
		break;
	case RULE_FLAG:
		add_range(v, f, good, 0, 1);
		break;
	case RULE_COUNT:
		add_range(v, f, good, 0, INT64_MAX);
		break;
	case RULE_NONZERO:
		add_range(v, f, good, 1, ones(f));
		break;
	case RULE_ONE_OF:
		add_set(v, f, good);
		break;
	case RULE_TEXT:
		add_text(v, f, good);
		break;
	case RULE_PREFIX:
		add_prefix(v, f, good);
		break;
	default:
		for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			if (table[i].rule == f->rule && table[i].good == good)
				add(v, table[i].octets,
				    sizeof(table[i].octets));
	}
	if (zero_breaks(f) == !good)
		add(v, zero, f->size);
}

/* All elements that fit, each of them valid. */
static void
fill(const struct ipc_field *f, uint8_t *base)
{
	static struct values v;
	uint8_t *at = base + f->offset;
	uint32_t n = f->elements;
	size_t i, j;

	if (f->count_size > 0)
		memcpy(base + f->count, &n, f->count_size);
	for (i = 0; i < f->elements; i++, at += f->size) {
		if (f->rule == RULE_PART)
			for (j = 0; j < f->part->nfields; j++)
				fill(&f->part->fields[j], at);
		else if (f->rule != RULE_ANY && f->rule != RULE_SETTING) {
			values(&v, f, true);
			memcpy(at, v.octets[0], f->size);
		}
	}
}

/* The message whose fields are tried, and one of them changed. */
static _Alignas(max_align_t) uint8_t payload[IMSG_MAX];
static const struct good *sample;
static unsigned int	 tried;

static void
expect_refusal(const struct ipc_field *f, uint8_t *at, const uint8_t *value)
{
	struct imsg imsg = { .type = sample->type, .len = sample->len,
	    .fd = sample->fd ? STDIN_FILENO : -1, .data = payload };
	enum proc_id from = first_of(sample->from);
	uint8_t was[OCTETS];
	const char *wrong;

	memcpy(was, at, f->size);
	memcpy(at, value, f->size);
	wrong = ipc_check(&imsg, from, first_of(sample->to & ~(1u << from)));
	if (wrong == NULL || strncmp(wrong, "field ", 6) != 0 ||
	    strstr(wrong, f->name) == NULL)
		fail_msg("%s: %s beyond its limits: %s", sample->name,
		    f->name, wrong == NULL ? "taken" : wrong);
	memcpy(at, was, f->size);
	tried++;
}

static void
try(const struct ipc_field *f, uint8_t *base)
{
	static struct values v;
	uint8_t *at = base + f->offset;
	size_t i, j;

	if (f->elements > 1)
		fill(f, base);
	for (i = 0; i < f->elements; i++, at += f->size) {
		if (f->rule == RULE_PART) {
			for (j = 0; j < f->part->nfields; j++)
				try(&f->part->fields[j], at);
			continue;
		}
		values(&v, f, false);
		for (j = 0; j < v.n; j++)
			expect_refusal(f, at, v.octets[j]);
		if (v.n == 0 && f->rule != RULE_ANY &&
		    f->rule != RULE_SETTING)
			assert_true(f->rule == RULE_NUMBER && f->min == 0 &&
			    f->max == ones(f));
	}
}

static void
try_part(const struct ipc_part *part)
{
	size_t i;

	for (i = 0; part != NULL && i < part->nfields; i++) {
		memcpy(payload, sample->data, sample->len);
		try(&part->fields[i], payload);
	}
}

static void
every_field_beyond_its_limits_is_refused(void **state)
{
	const struct ipc_message *m;

	(void)state;
	for (sample = goods; sample < goods + TYPES - 1; sample++) {
		if (sample->len == 0)
			continue;
		m = ipc_message(sample->type);
		try_part(m->part);
		try_part(m->also);
	}
	assert_true(tried > 1000);
}

/* Combinations of fields are not checked by rows. */
static void
take(const struct ipc_part *part)
{
	static struct values v;
	static uint8_t base[IMSG_MAX];
	const struct ipc_field *f;
	size_t i, j;

	for (i = 0; part != NULL && i < part->nfields; i++) {
		f = &part->fields[i];
		if (f->rule == RULE_SETTING)
			continue;
		memset(base, 0, sizeof(base));
		fill(f, base);
		if (f->rule == RULE_PART) {
			take(f->part);
			continue;
		}
		values(&v, f, true);
		for (j = 0; j < v.n; j++) {
			memcpy(base + f->offset + (f->elements - 1) * f->size,
			    v.octets[j], f->size);
			if (ipc_field_check(f, base) != NULL)
				fail_msg("%s", ipc_field_check(f, base));
		}
	}
}

static void
every_field_at_its_limits_is_taken(void **state)
{
	const struct good *g;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++) {
		if (g->len == 0)
			continue;
		take(ipc_message(g->type)->part);
		take(ipc_message(g->type)->also);
	}
}

/* The number of rows for each octet. */
static void
cover(const struct ipc_part *part, uint8_t *rows)
{
	const struct ipc_field *f;
	size_t i, j;

	for (f = part->fields; f < part->fields + part->nfields; f++) {
		assert_true(f->offset + f->elements * f->size <= part->size);
		for (i = 0; i < f->elements; i++) {
			if (f->rule == RULE_PART) {
				assert_int_equal(f->size, f->part->size);
				cover(f->part, rows + f->offset + i * f->size);
				continue;
			}
			for (j = 0; j < f->size; j++)
				rows[f->offset + i * f->size + j]++;
		}
	}
}

/*
 * Of settings the test of conf/ says so.
 *
 * A row is of the fields that it names, so if no octet has two and there are
 * as many with one as the struct has without padding, all fields have one.
 */
static void
every_octet_of_a_field_has_one_row(void **state)
{
	static uint8_t rows[IMSG_MAX];
	const struct ipc_message *m;
	const struct good *g;
	size_t i, octets;

	(void)state;
	for (g = goods; g < goods + TYPES - 1; g++) {
		m = ipc_message(g->type);
		assert_int_equal(m->part == NULL ? 0 : m->part->size, g->len);
		if (m->part == NULL || m->part->fields->rule == RULE_SETTING)
			continue;
		memset(rows, 0, sizeof(rows));
		cover(m->part, rows);
		octets = 0;
		for (i = 0; i < sizeof(rows); i++) {
			if (rows[i] > 1)
				fail_msg("%s: octet %zu has %u rows", m->name,
				    i, rows[i]);
			octets += rows[i];
		}
		if (octets != packed_size(g->type))
			fail_msg("%s: %zu octets have a row, expected %zu",
			    m->name, octets, packed_size(g->type));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_octet_of_a_field_has_one_row),
		cmocka_unit_test(every_field_beyond_its_limits_is_refused),
		cmocka_unit_test(every_field_at_its_limits_is_taken),
	};

	return cmocka_run_group_tests_name("ipc rows", tests, NULL, NULL);
}
