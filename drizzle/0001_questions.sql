CREATE INDEX "files_by_status" ON "files" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "files_by_satellite" ON "files" USING btree ("satellite_type","id");--> statement-breakpoint
CREATE INDEX "files_by_data_time" ON "files" USING btree ("satellite_type","first_timestamp");--> statement-breakpoint
CREATE INDEX "files_by_arrival" ON "files" USING btree ("inserted_at");--> statement-breakpoint
CREATE INDEX "files_duplicates" ON "files" USING btree ("duplicate_of") WHERE "files"."duplicate_of" is not null;