CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"note" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "settings_value_valid" CHECK (case
        when "settings"."name" = 'adaptive' then "settings"."value" in ('on', 'off')
        when "settings"."value" !~ '^[0-9]{1,10}$' then false
        when "settings"."name" = 'rows_per_second' then "settings"."value"::bigint between 0 and 1000000000
        when "settings"."name" = 'max_packages' then "settings"."value"::bigint between 1 and 64
        when "settings"."name" = 'batch_rows' then "settings"."value"::bigint between 1 and 1000000
        when "settings"."name" = 'pause_ms' then "settings"."value"::bigint between 0 and 60000
        else false end)
);
