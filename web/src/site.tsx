import { startSite } from "./app/site";

void startSite();
