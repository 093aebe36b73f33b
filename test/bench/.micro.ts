import { createRequestMetrics } from '../../src/telemetry/request-metrics.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { createRequestLog } from '../../src/telemetry/request-log.ts';
import { SpanWriter } from '../../src/telemetry/otlp-span.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { createEventFeed } from '../../src/telemetry/event-feed.ts';
import { openEventRing } from '../../src/telemetry/event-ring.ts';
import { openLogDestination } from '../../src/telemetry/log-destination.ts';
import { adoptContext } from '../../src/telemetry/context.ts';
import { layOut } from '../../src/telemetry/layout.ts';
import { systemClock } from '../../src/domain/clock.ts';
const layout = layOut('home', [
  { stage: 'intent', component: 'rules', components: ['rules'] },
  { stage: 'retrieve', component: 'union', components: ['item2vec', 'session-knn', 'markov-1', 'popular', 'latest'] },
  { stage: 'features', component: 'user', components: ['user'] },
  { stage: 'score', component: 'blend', components: ['item2vec', 'session-knn', 'popular'] },
  { stage: 'rerank', component: 'mmr', components: ['mmr'] },
  { stage: 'filter', component: 'chain', components: ['hidden', 'expired', 'seen'] },
]);
const segments = ['de', 'fr', 'pl', 'cz', 'uk', 'other'];
const catalogs = ['trousers', 'skirts', 'blouses', 'sale'];
function fill(record: RequestRecord, i: number): void {
  record.route = '/v1/recommend/{work}';
  record.path = '/v1/recommend/home';
  record.strategy = 'blend';
  record.segment = segments[i % segments.length];
  record.catalog = catalogs[i % catalogs.length];
  record.generation = 'g-4f21c07a';
  record.requested = 20;
  record.returned = 20;
  record.sessionLength = i % 12;
  record.startedAt=5000+i*0.01;
  let at = record.startedAt + 0.01;
  for (let s = 0; s < layout.stages.length; s++) {
    record.stageStart[s] = at;
    at += 0.02 + (i % 7) * 0.003;
    record.stageEnd[s] = at;
    record.stageIn[s] = 500 - s;
    record.stageOut[s] = 499 - s;
  }
  for (let c = 0; c < layout.componentCount; c++) {
    record.componentMs[c] = 0.003 + ((i + c) % 11) * 0.0017;
    record.componentCount[c] = 40 + c;
  }
  for (let p = 0; p < 20; p++) record.slate[p] = (i * 31 + p * 7) % 1000;
  record.endedAt = at + 0.01;
}
const N=512;
const records=Array.from({length:N},(_,i)=>{const r=new RequestRecord();r.reset(layout);adoptContext(r,{},()=>{});fill(r,i);return r;});
const set=createMetricSet(); const rm=createRequestMetrics(set);

const w=new SpanWriter(); w.setOrigin(performance.timeOrigin); const buf=Buffer.allocUnsafe(700000);
const feed=createEventFeed({emit(){},clock:systemClock}); const reader=openEventRing(feed.ring.shared);
const dest=openLogDestination({target:'/dev/null',onLost(){}});let one=Buffer.allocUnsafe(1<<16);let lastAt=0;const line=createRequestLog({requests:'all',level:'info',destination:{write(){},room(){return one},at:0,end(a:number){lastAt=a},async flush(){},async close(){}}});const lineD=createRequestLog({requests:'all',level:'info',destination:dest});
let sinkLen=0; let bytes=0;
const work: Record<string,(()=>void)>={
 metrics(){for(const r of records)rm(r);},
 line(){for(const r of records)line(r,1.7e12);},
 lineWrite(){for(const r of records){lineD(r,1.7e12);}},
 spans(){let at=0;for(const r of records){at=w.write(r,buf,at); if(at>524288)at=0;} bytes=at;},
 events(){for(const r of records)feed.request(r,1.7e12);},
 adopt(){for(const r of records){const s=r.spanId,t=r.traceId,q=r.requestId; adoptContext(r,{},()=>{});}},
 reset(){for(const r of records){r.reset(layout);}},
};
const only=process.argv[2];
for(const [name,f] of Object.entries(work)){ if(only&&!only.split(',').includes(name))continue;
 let best=1e9; const all=[];
 for(let k=0;k<(name==='reset'?300:400);k++){ const c=process.cpuUsage(); const t=performance.now(); f(); const d=(performance.now()-t)*1000/N; all.push(d); best=Math.min(best,d); if(name==='events')reader.drain(()=>{}); if(name==='lineWrite'&&k%4===0)await dest.flush();}
 all.sort((a,b)=>a-b);
 console.log(name.padEnd(10),'best',best.toFixed(3),'median',all[all.length>>1].toFixed(3),'us');
}
console.log(bytes/N,'span bytes', lastAt,'line chars');
if(only==='line')console.log(one.toString('utf8',0,lastAt));
await dest.close();
