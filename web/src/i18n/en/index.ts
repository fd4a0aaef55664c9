import audit from "./audit.json";
import billing from "./billing.json";
import builder from "./builder.json";
import channel from "./channel.json";
import common from "./common.json";
import factor from "./factor.json";
import inbox from "./inbox.json";
import listing from "./listing.json";
import operator from "./operator.json";
import order from "./order.json";
import phone from "./phone.json";
import preference from "./preference.json";
import problem from "./problem.json";
import product from "./product.json";
import session from "./session.json";
import start from "./start.json";
import team from "./team.json";

export default { audit, billing, builder, channel, common, factor, inbox, listing, operator, order, phone, preference, problem, product, session, start, team };
