CREATE TABLE "files" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "files_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"sha256" text,
	"size_bytes" bigint NOT NULL,
	"satellite_type" text,
	"header" jsonb,
	"status" text NOT NULL,
	"total_lines" bigint DEFAULT 0 NOT NULL,
	"imported_lines" bigint DEFAULT 0 NOT NULL,
	"errors" bigint DEFAULT 0 NOT NULL,
	"checkpoint_line" bigint DEFAULT 1 NOT NULL,
	"checkpoint_offset" bigint DEFAULT 0 NOT NULL,
	"owner_epoch" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"owner" text,
	"duplicate_of" bigint,
	"error" text,
	"first_timestamp" timestamp with time zone,
	"last_timestamp" timestamp with time zone,
	"inserted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "files_status_known" CHECK ("files"."status" in ('processing', 'complete', 'failed', 'duplicate')),
	CONSTRAINT "files_books_balance" CHECK ("files"."total_lines" = "files"."imported_lines" + "files"."errors")
);
--> statement-breakpoint
CREATE TABLE "rejected_lines" (
	"file_id" bigint NOT NULL,
	"line" integer NOT NULL,
	"byte_offset" bigint NOT NULL,
	"reason" text NOT NULL,
	"detail" text,
	"raw" "bytea" NOT NULL,
	"rejected_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rejected_lines_file_id_line_pk" PRIMARY KEY("file_id","line")
);
--> statement-breakpoint
CREATE TABLE "telemetry" (
	"file_id" bigint NOT NULL,
	"line" integer NOT NULL,
	"timestamp" timestamp with time zone NOT NULL,
	"velocity" double precision NOT NULL,
	"altitude" double precision NOT NULL,
	"latitude" double precision NOT NULL,
	"longitude" double precision NOT NULL,
	"instruments" jsonb NOT NULL,
	CONSTRAINT "telemetry_file_id_line_pk" PRIMARY KEY("file_id","line")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "files_one_row_per_content" ON "files" USING btree ("sha256") WHERE "files"."status" <> 'duplicate';--> statement-breakpoint
CREATE INDEX "files_in_work" ON "files" USING btree ("id") WHERE "files"."status" = 'processing';--> statement-breakpoint
CREATE INDEX "telemetry_timestamp" ON "telemetry" USING brin ("timestamp");