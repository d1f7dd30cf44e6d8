/* SPDX-License-Identifier: ISC */
/*
 * What sroamctl makes of the answers of a daemon that may say anything.  The
 * first octet chooses the request and the form, the rest is what comes by the
 * socket.  JSON must be JSON, and nothing printed may control a terminal.
 */
#include <sys/socket.h>

#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/imsg.h"
#include "sroamctl/metrics.h"
#include "sroamctl/monitor.h"
#include "sroamctl/names.h"
#include "sroamctl/output.h"
#include "sroamctl/record.h"

#define CHECK(truth)	do {						\
	if (!(truth))							\
		abort();						\
} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
printable(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		CHECK(text[i] == '\n' || ((uint8_t)text[i] >= ' ' &&
		    (uint8_t)text[i] != 0x7f));
}

/* The socket with all that the daemon has to say, and its end. */
static struct imsgbuf *
daemon_says(const uint8_t *data, size_t len)
{
	struct imsgbuf *b;
	int sv[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv) == 0);
	b = imsgbuf_new(sv[0], false, IMSG_MAX);
	CHECK(b != NULL);
	(void)send(sv[1], data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(sv[1]);
	return b;
}

static bool
next(struct imsgbuf *b, struct imsg *imsg)
{
	int n;

	while ((n = imsg_get(b, imsg)) == 0)
		if (imsgbuf_read(b) != 1)
			return false;
	return n == 1;
}

static void
learn(const struct imsg *imsg)
{
	struct ctl_router router;

	if (imsg->type != CTL_ROUTER || imsg->len != sizeof(router))
		return;
	memcpy(&router, imsg->data, sizeof(router));
	names_add(&router);
}

static void
show(struct imsgbuf *b, uint8_t how)
{
	struct json_object *parsed;
	struct output out;
	struct imsg imsg;
	bool json = how & 0x40;
	char *text = NULL;
	size_t len = 0;
	FILE *file;

	CHECK((file = open_memstream(&text, &len)) != NULL);
	output_init(&out, how & 0x1f, file, json, how & 0x20);
	while (next(b, &imsg) && imsg.type != CTL_END) {
		learn(&imsg);
		if (output_record(&out, imsg.type, imsg.data, imsg.len) == -1)
			break;
	}
	output_end(&out, true);
	CHECK(fclose(file) == 0);
	printable(text, len);
	if (json && len > 0) {
		parsed = json_tokener_parse(text);
		CHECK(parsed != NULL);
		json_object_put(parsed);
	}
	free(text);
}

/* Each event is a line, or an object of its own. */
static void
follow(struct imsgbuf *b, uint8_t how)
{
	struct monitor m = { NULL, how & 0x40, how & 0x20 };
	struct json_object *parsed;
	struct imsg imsg;
	char *text, *end;
	size_t len;
	int rc;

	while (next(b, &imsg) && imsg.type != CTL_END) {
		text = NULL;
		len = 0;
		CHECK((m.file = open_memstream(&text, &len)) != NULL);
		rc = monitor_record(&m, imsg.type, imsg.data, imsg.len);
		CHECK(fclose(m.file) == 0);
		if (rc == 0) {
			printable(text, len);
			CHECK((end = strchr(text, '\n')) != NULL);
			CHECK(end == text + len - 1);
		}
		if (rc == 0 && m.json) {
			CHECK((parsed = json_tokener_parse(text)) != NULL);
			json_object_put(parsed);
		}
		free(text);
	}
}

static void
measure(struct imsgbuf *b)
{
	struct metrics *m = metrics_new();
	struct imsg imsg;
	char *text = NULL;
	size_t len = 0;
	FILE *file;

	CHECK(m != NULL && (file = open_memstream(&text, &len)) != NULL);
	while (metrics_next(m) != CTL_NONE)
		while (next(b, &imsg) && imsg.type != CTL_END)
			if (metrics_record(m, imsg.type, imsg.data,
			    imsg.len) == -1)
				break;
	metrics_print(m, file);
	metrics_free(m);
	CHECK(fclose(file) == 0);
	printable(text, len);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct imsgbuf *b;

	if (len < 1 || len > 65536)
		return 0;
	b = daemon_says(data + 1, len - 1);
	if (data[0] & 0x80)
		measure(b);
	else if ((data[0] & 0x1f) == CTL_MONITOR)
		follow(b, data[0]);
	else
		show(b, data[0]);
	imsgbuf_free(b);
	return 0;
}
