import { Random } from "/work/main/chaos/random.ts";
import { makePackage, plainShape } from "/work/main/chaos/manifest/generator.ts";
import { buildDaemon } from "/work/main/chaos/stage/build.ts";
import { Cleanup } from "/work/main/chaos/cleanup.ts";
import { ChaosServer } from "/work/main/chaos/stage/server.ts";
import { makeTemplate } from "/work/main/chaos/stage/template.ts";
import { Station } from "/work/main/chaos/stage/station.ts";
import { Cargo } from "/work/main/chaos/stage/cargo.ts";
import { untilSettled } from "/work/main/chaos/stage/settled.ts";
import { checkFinal } from "/work/main/chaos/checker/check.ts";
const t=()=>performance.now();
let a=t(); const lap=(w:string)=>{console.log(w,Math.round(t()-a)); a=t();};
for (const i of [1,2,3]) makePackage({...plainShape, lines:20000}, "x"+i, new Random(i)); lap("3 x 20k");
const build=await buildDaemon(); lap("build");
const cleanup=new Cleanup(); const server=await ChaosServer.start(cleanup); lap("server");
const template=await makeTemplate(server,build,cleanup); lap("template");
for (const batchRows of [50, 500, 2000]) {
const st=await Station.open({server,build,cleanup,template,batchRows}); lap("station");
const cargo=new Cargo(st,"t",new Random(3)); await cargo.dropLines(60000); lap("cargo 60k");
const d=await st.start(); await d.ready(); lap("ready"); await untilSettled(st); lap("settled "+batchRows+" commits "+d.network.commits); await d.stop(); lap("stop");
console.log(await checkFinal(st.check)); lap("check"); await st.close(); lap("close");
}
await cleanup.run(); process.exit();
